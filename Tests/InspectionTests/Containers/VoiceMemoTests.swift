import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspection

/// AMR without a container, which is what some phones send as a voice memo.
@Suite(.tags(.media))
struct VoiceMemoTests {
    @Test("A voice memo matches MediaInfo and ffprobe", arguments: [false, true])
    func complete(isWideband: Bool) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending(isWideband ? "memo.awb" : "memo.amr")
            try Data(VoiceMemo.bytes(isWideband: isWideband, frames: 150)).write(to: URL(filePath: path.string))
            let request = InspectionRequest(declaredType: path.extension.flatMap(MediaType.claimed(byExtension:)))
            let report = try await Inspected.report(of: path, request: request).validated(limits: request.limits)
            #expect(report.container.format == (isWideband ? "amr_wb" : "amr"))
            #expect(report.audio?.codec == (isWideband ? "amr_wb" : "amr_nb"))
            #expect(report.audio?.sampleRate == (isWideband ? 16_000 : 8_000) && report.audio?.channels == 1)
            #expect(abs(Double(try #require(report.durationMs)) - (try await PacketTable(path).spanMs)) <= 1)
            #expect(try await MediaInfo.of(path).track("General")?.format == "AMR")
            #expect(report.faults == [.noVideo] && report.flag(.typeMismatch) == nil && report.flag(.dataMissing) == nil)
            // Browsers do not play it: a rendition will be made.
            #expect(report.artifacts.waveform != nil && report.artifacts.playback == nil)
        }
    }

    @Test("A voice memo that is cut or has a hole says so", arguments: [false, true])
    func damaged(isWideband: Bool) async throws {
        let (start, frame) = isWideband ? (9, 33) : (6, 32)
        let whole = VoiceMemo.bytes(isWideband: isWideband, frames: 100)
        for missing in 1...frame {
            let report = try await Inspected.report(ofBytes: Array(whole.dropLast(missing)))
            #expect(report.faults.contains(.truncated) == (missing != frame), "\(missing) bytes missing")
        }
        var blank = whole
        for at in start + 40 * frame..<start + 60 * frame { blank[at] = 0 }
        #expect(try await Inspected.report(ofBytes: blank).warnings.contains(.dataMissing))
        #expect(try await Inspected.report(ofBytes: Array(whole.prefix(start))).reason?.code == .headerOnly)
        #expect(try await Inspected.report(ofBytes: Array("#!AMX\n".utf8) + whole.dropFirst(start)).reason?.code == .notMedia)
    }
}
