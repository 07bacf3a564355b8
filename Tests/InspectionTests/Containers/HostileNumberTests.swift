import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspection

/// Recordings with invented numbers: as large as possible, backwards, or without sense. Each gives a report that the worker accepts.
@Suite(.tags(.media))
struct HostileNumberTests {
    private func believed(_ bytes: [UInt8], _ change: (inout InspectionLimits) -> Void = { _ in }) async throws -> Report {
        var request = InspectionRequest()
        change(&request.limits)
        return try await Inspected.report(ofBytes: bytes, request: request).validated(limits: request.limits)
    }

    private static func big(_ number: UInt64, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (width - 1 - $0))) }
    }

    @Test(
        "A box that claims the largest size there is, is cut short or none", arguments: [UInt64(Int64.max), UInt64.max, 1 << 63, 1 << 62])
    func largestBox(size: UInt64) async throws {
        let sound = try Fixtures.bytes("chrome-h264-opus.mp4")
        let report = try await believed(sound + Self.big(1, 4) + Array("free".utf8) + Self.big(size, 8) + [0])
        #expect(report.outcome == .usable)
        // The sign bit alone becomes a size of zero, which is no valid box.
        #expect(report.flag(size == 1 << 63 ? .dataMissing : .truncated) != nil)
    }

    /// A live recording's clusters, each with another time. Chrome writes the cluster's timestamp in one to eight bytes.
    private static func retimed(_ file: [UInt8], _ time: (Int) -> UInt64) -> [UInt8] {
        var result: [UInt8] = []
        var number = 0
        var at = 0
        while at < file.count {
            // A cluster of unknown size and its timestamp behind it.
            if file[at...].starts(with: [0x1F, 0x43, 0xB6, 0x75, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xE7]) {
                let width = Int(file[at + 13] & 0x7F)
                result += file[at..<at + 13] + [0x88] + big(time(number), 8)
                number += 1
                at += 14 + width
            } else {
                result.append(file[at])
                at += 1
            }
        }
        return result
    }

    /// The same file, in which the time of each cluster is zero.
    private static func stopped(_ file: [UInt8]) -> [UInt8] {
        var result = file
        for at in file.indices.dropLast(16) where file[at...].starts(with: [0x1F, 0x43, 0xB6, 0x75]) {
            // Behind a size of one to eight bytes.
            let time = at + 4 + file[at + 4].leadingZeroBitCount + 1
            guard time + 10 < file.count, file[time] == 0xE7 else { continue }
            for index in time + 2..<time + 2 + Int(file[time + 1] & 0x7F) { result[index] = 0 }
        }
        return result
    }

    @Test(
        "Times as large as they can be, and back again, are too long an answer or none",
        arguments: [UInt64(Int64.max), UInt64(Int64.max) / 1_000_000, 1 << 62, 1 << 53, UInt64.max, 1 << 63, 1 << 40])
    func largestTimes(time: UInt64) async throws {
        let sound = try Fixtures.bytes("chrome-vp8-opus.webm")
        let far = Self.retimed(sound) { $0 == 1 ? time : UInt64($0) * 1000 }
        #expect(far != sound)
        let farFirst = Self.retimed(sound) { $0 == 0 ? time : UInt64($0) * 1000 }
        let both = Self.retimed(sound) { $0.isMultiple(of: 2) ? time : 0 }
        for bytes in [far, farFirst, both] {
            let report = try await believed(bytes)
            if let reason = report.reason { #expect([.tooLong, .headerOnly].contains(reason.code)) }
        }
    }

    @Test(
        "Clusters that run backwards, or all at once, give tiles and sizes in order",
        arguments: ["resized-midway.webm", "chrome-vp8-opus.webm"])
    func backwards(_ name: String) async throws {
        let sound = try Fixtures.bytes(name)
        for times in [{ UInt64(600_000 - min(600, $0) * 1000) }, { _ in UInt64(0) }] as [(Int) -> UInt64] {
            let report = try await believed(Self.retimed(sound, times))
            #expect(report.outcome == .usable)
            let moments = report.artifacts.storyboard?.tiles.map(\.atMs) ?? []
            #expect(!moments.isEmpty && moments == moments.sorted())
        }
    }

    @Test func `Sound far above full scale, infinite or NaN is measured`() async throws {
        for value in [Float.greatestFiniteMagnitude, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 1e20] {
            try await TemporaryFolder.with { folder in
                let raw = folder.appending("samples.f32")
                let samples = (0..<48_000).map { $0.isMultiple(of: 2) ? value : -value }
                try samples.withUnsafeBytes { Data($0) }.write(to: URL(filePath: raw.string))
                let path = folder.appending("loud.mov")
                try await FFmpegTool.make(
                    path,
                    ["-f", "f32le", "-ar", "48000", "-ac", "1", "-i", raw.string] + Generated.picture + [
                        "-c:a", "pcm_f32le", "-c:v", "mjpeg",
                    ])
                _ = try await believed(Fixtures.bytes(at: path))
            }
        }
    }

    @Test("Sound at an impossible rate is not measured", arguments: [1, 999, 768_001, Int(Int32.max)])
    func rates(rate: Int) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("tone.mkv")
            try await FFmpegTool.make(path, Generated.tone + ["-ar", "48000", "-c:a", "pcm_s16le"])
            var bytes = try Fixtures.bytes(at: path)
            // SamplingFrequency: a 64-bit floating-point number.
            let at = try #require(bytes.firstRange(of: [0xB5, 0x88])?.upperBound)
            bytes.replaceSubrange(at..<at + 8, with: Self.big(Double(rate).bitPattern, 8))
            #expect(try await believed(bytes).reason?.code == .noDecodableStream)
        }
    }

    @Test func `More samples than the duration has room for give no sound beyond the end`() async throws {
        // Ten seconds of which the first eight are silent; then every packet claims to be at the beginning.
        try await TemporaryFolder.with { folder in
            let path = folder.appending("late.webm")
            let late = ["-f", "lavfi", "-i", "sine=duration=10", "-af", "volume=enable='lt(t,8)':volume=0", "-c:a", "libopus"]
            try await FFmpegTool.make(path, late + ["-cluster_time_limit", "100", "-live", "1"])
            let bytes = Self.stopped(try Fixtures.bytes(at: path))
            let report = try await believed(bytes)
            #expect(report.outcome == .usable)
            #expect((report.durationMs ?? .max) < 2000)
            #expect(report.audio?.firstSoundMs == report.durationMs)
        }
    }
}
