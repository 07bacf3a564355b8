import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspectors

/// A real program in place of `dailies-inspector` that speaks its protocol and lies. See `impostor.py`.
@Suite("An impostor", .tags(.program))
struct ImpostorTests {
    private static func pool() throws -> InspectorPool {
        let executable = FilePath(#filePath).removingLastComponent().appending("impostor.py")
        return try InspectorPool(configuration: .init(executable: executable))
    }

    /// One pool for all lies that do not end it.
    private static let shared = Result { try pool() }

    private func outcome(of lie: String, pool: InspectorPool? = nil) async throws -> InspectorOutcome<Report> {
        var request = InspectionRequest(declaredType: "lie/\(lie)")
        request.limits.artifactBytes = 1 << 20
        let pool = try pool ?? Self.shared.get()
        return try await Lent.with { lent in
            try await pool.inspect(recording: lent.recording, request: request, artifacts: lent.artifacts)
        }
    }

    @Test("that is honest is believed, whatever else it sends", arguments: ["none", "absurd_ending", "strangers"])
    func honest(_ lie: String) async throws {
        guard case .report(let report) = try await outcome(of: lie) else {
            Issue.record("It was not believed")
            return
        }
        #expect(report.outcome == .usable)
        #expect(report.artifacts.poster?.file.bytes == 23)
        #expect(report.container.declaredType == "lie/\(lie)")
    }

    @Test(
        "is detected by the values in its report",
        arguments: [
            ("other_schema", "schema is of another version"), ("own_death", "reason.code is not for an inspector to give"),
            ("endless_time", "duration_ms is out of range"), ("negative_time", "duration_ms is out of range"),
            ("page_as_codec", "video.codec has characters that no name has"),
            ("page_as_format", "container.format has characters that no name has"),
            ("page_as_profile", "video.profile has characters that no label has"),
            ("absurd_size", "video.coded_width is out of range"), ("absurd_frames", "video.frames is out of range"),
            ("absurd_level", "audio.loudness_lufs is out of range"), ("silence_beyond", "audio.silences is out of range"),
            ("silence_backwards", "audio.silences ends before it begins"), ("silences_endless", "audio.silences has too many entries"),
            ("own_hash", "container holds what only the recording's owner measures"),
            ("own_bytes", "container holds what only the recording's owner measures"),
            ("flag_twice", "flags name a finding twice"), ("flag_unknown", "it is not the JSON of a report"),
            ("timings_endless", "timings_ms has too many entries"),
        ])
    func reports(_ lie: String, _ why: String) async throws {
        try await expectRefusal(lie, why)
    }

    @Test(
        "is detected by what its report says about files",
        arguments: [
            ("other_file", "artifacts.poster holds what only the file's owner measures"),
            ("file_above", "artifacts.playback holds what only the file's owner measures"),
            ("own_track", "artifacts.storyboard.vtt is not for an inspector to write"),
            ("page_as_type", "artifacts.poster.media_type is not one that this artifact has"),
            ("vector_as_type", "artifacts.poster.media_type is not one that this artifact has"),
            ("playback_as_page", "artifacts.playback.media_type is not one that this artifact has"),
            ("poster_too_large", "artifacts.poster.width is out of range"),
            ("tiles_endless", "artifacts.storyboard.tiles is out of range"),
            ("tiles_backwards", "artifacts.storyboard.tiles is not in order"),
            ("no_columns", "artifacts.storyboard.columns is out of range"),
            ("sheet_lies", "artifacts.storyboard.height does not fit its tiles"),
            ("points_endless", "artifacts.waveform.points is out of range"),
            ("jpeg_size_lies", "artifacts.poster is of another size than the report says"),
            ("waveform_lies", "artifacts.waveform is another one than the report says"),
        ])
    func namedFiles(_ lie: String, _ why: String) async throws {
        try await expectRefusal(lie, why)
    }

    @Test(
        "is detected by the content of its files",
        arguments: [
            ("jpeg_is_page", "artifacts.poster is not a JPEG"), ("jpeg_cut", "artifacts.poster is not a whole JPEG"),
            ("jpeg_without_frame", "artifacts.poster is not a JPEG"), ("jpeg_empty", "artifacts.poster is named, but its file is empty"),
            ("sheet_is_other", "artifacts.storyboard is of another size than the report says"),
            ("waveform_is_page", "artifacts.waveform is not a waveform of version 2"),
            ("waveform_nested", "artifacts.waveform is not a waveform of version 2"),
            ("waveform_length", "artifacts.waveform is not a waveform of version 2"),
            ("waveform_negative", "artifacts.waveform is not a waveform of version 2"),
            ("waveform_numbers", "artifacts.waveform is not a waveform of version 2"),
            ("waveform_short", "artifacts.waveform is not a waveform of version 2"),
            ("waveform_rate", "artifacts.waveform is another one than the report says"),
            ("waveform_large", "artifacts.waveform is larger than it may be"),
            ("playback_is_program", "artifacts.playback does not begin as its type does"),
            ("playback_is_playlist", "artifacts.playback does not begin as its type does"),
            ("playback_is_empty", "artifacts.playback is named, but its file is empty"),
            ("playback_endless", "artifacts.playback is larger than it may be"),
        ])
    func files(_ lie: String, _ why: String) async throws {
        try await expectRefusal(lie, why)
    }

    @Test(
        "whose report is not a report is refused",
        arguments: [
            ("no_report", "report was not written"), ("endless_report", "report was not written"),
            ("empty_report", "it is not the JSON of a report"), ("broken_report", "it is not the JSON of a report"),
            ("garbage", "it is not the JSON of a report"), ("nested_report", "it is not the JSON of a report"),
            ("huge_number", "it is not the JSON of a report"), ("no_number", "it is not the JSON of a report"),
            ("broken_text", "it is not the JSON of a report"),
        ])
    func texts(_ lie: String, _ why: String) async throws {
        try await expectRefusal(lie, why)
    }

    private func expectRefusal(_ lie: String, _ why: String) async throws {
        guard case .died(let death) = try await outcome(of: lie) else {
            Issue.record("It was believed")
            return
        }
        #expect(death.cause == .badReport(why))
        #expect(death.reasonCode == .inspectorDied)
        // It also wrote escape sequences and HTML into its log.
        #expect(!death.logLines.isEmpty && death.logLines.allSatisfy { line in line.utf8.allSatisfy { (0x20...0x7E).contains($0) } })
    }

    @Test("that reports an impossible end is quoted in the description", arguments: ["odd_signal", "odd_exit"])
    func endings(_ lie: String) async throws {
        guard case .died(let death) = try await outcome(of: lie) else {
            Issue.record("It was believed")
            return
        }
        #expect(death.reasonCode == .inspectorDied)
        #expect(death.description.contains(lie == "odd_signal" ? "2147483647" : "-2147483648"))
    }

    @Test("that sends something else than an event is ended", arguments: ["no_event", "long_event"])
    func noEvents(_ lie: String) async throws {
        let pool = try Self.pool()
        guard case .died(let death) = try await outcome(of: lie, pool: pool) else {
            Issue.record("It was believed")
            return
        }
        #expect(death.cause == .serverDied, "the recording is not to blame")
        guard case .report = try await outcome(of: "none", pool: pool) else {
            Issue.record("The next one did not get its turn")
            return
        }
        await pool.shutdown()
    }

    @Test("that sends without end can be stopped")
    func chatter() async throws {
        let pool = try Self.pool()
        _ = try await pool.sandboxSupport()
        let inspection = Task { try await outcome(of: "chatter", pool: pool) }
        try await until { pool.serverProcess != nil }
        await pool.shutdown()
        #expect(pool.serverProcess == nil)
        guard let outcome = try? await inspection.value else { return }
        guard case .died(let death) = outcome else {
            Issue.record("It was believed")
            return
        }
        #expect(death.cause == .killed)
    }

    /// No child could do this, because it has ended by then. What is read either fits together or is refused.
    @Test("that changes its files while they are read is accepted only if what was read fits together", arguments: 1...5)
    func restless(_ turn: Int) async throws {
        let pool = try Self.pool()
        switch try await outcome(of: "restless", pool: pool) {
        case .report(let report): #expect(report.outcome == .usable)
        case .died(let death): #expect(death.reasonCode == .inspectorDied)
        }
        await pool.shutdown()
    }
}
