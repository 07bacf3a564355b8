import Inspection
import Recordings
import TestSupport
import Testing

@Suite(.tags(.media))
struct TruncationTests {
    @Test(
        "Cut in the middle of a packet, a recording is truncated and still read",
        arguments: [
            "fault-camera-covered.webm", "audio-only.webm", "chrome-h264-opus.mp4",
        ])
    func cutInsidePackets(_ name: String) async throws {
        let bytes = try Fixtures.bytes(name)
        let packets = try await FFmpegTool.probe(Fixtures.recording(name), entries: "packet=pos,size")
            .compactMap { line in line.count >= 2 ? Int(line[1]).flatMap { pos in Int(line[0]).map { (size: $0, pos: pos) } } : nil }
        let last = try #require(packets.last)
        for packet in packets.enumerated().filter({ $0.offset % 23 == 22 }).map(\.element) + [last] {
            let cut = packet.pos + max(1, packet.size / 2)
            let report = try await Inspected.report(ofBytes: Array(bytes.prefix(cut)))
            #expect(report.outcome == .usable && report.faults.contains(.truncated), "cut at \(cut)")
        }
    }

    @Test("The inspection survives a cut at any byte", arguments: ["fault-mic-muted.webm", "chrome-h264-opus.mp4"])
    func cutAnywhere(_ name: String) async throws {
        let bytes = try Fixtures.bytes(name)
        var generator = SplitMix(state: 11)
        let early = stride(from: 1, to: 1500, by: 71)
        let late = (0..<15).map { _ in Int.random(in: 1500..<bytes.count, using: &generator) }
        for cut in Array(early) + late {
            let report = try await Inspected.report(ofBytes: Array(bytes.prefix(cut)))
            #expect((report.outcome == .unusable) == (report.reason != nil))
            if report.outcome == .unusable { #expect([.headerOnly, .notMedia].contains(report.reason?.code), "cut at \(cut)") }
        }
    }

    @Test(
        "Bytes changed at random never bring the inspection down",
        arguments: ["audio-only.webm", "fault-camera-covered.webm", "chrome-h264-opus.mp4"])
    func damaged(_ name: String) async throws {
        let sound = try Fixtures.bytes(name)
        var generator = SplitMix(state: 23)
        for _ in 0..<25 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                bytes[Int.random(in: 0..<min(bytes.count, 60_000), using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let report = try await Inspected.report(ofBytes: bytes)
            if report.outcome == .usable {
                #expect(report.durationMs != nil && (report.video != nil || report.audio != nil))
            }
        }
    }

    @Test func `Fewer bytes than the sender announced are a truncation; more bytes are not`() async throws {
        let path = Fixtures.recording("chrome-vp8-opus.webm")
        let short = try await Inspected.report(of: path, request: InspectionRequest(declaredBytes: 600_000))
        #expect(short.flag(.truncated)?.value.map { abs($0 - 0.1516) < 0.001 } == true)
        let exact = try await Inspected.report(of: path, request: InspectionRequest(declaredBytes: 509_021))
        #expect(exact.faults.isEmpty)
    }

    @Test func `A header that promises more time than the packets have means a missing end`() async throws {
        // The header says 7.96 s; the file is cut between two blocks, where no block's own size can tell.
        let name = "chrome-no-timeslice.webm"
        let packets = try await FFmpegTool.probe(Fixtures.recording(name), entries: "packet=pos").compactMap { $0.first.flatMap(Int.init) }
        let bytes = try Fixtures.bytes(name)
        let middle = packets.sorted()[packets.count / 2]
        let report = try await Inspected.report(ofBytes: Array(bytes.prefix(middle)))
        #expect(report.faults.contains(.truncated))
    }

    @Test func `Bytes that are replaced inside a WebM are missing data`() async throws {
        var bytes = try Fixtures.bytes("chrome-vp8-opus.webm")
        for at in 200_000..<230_000 { bytes[at] = 0 }
        let report = try await Inspected.report(ofBytes: bytes)
        #expect(report.outcome == .usable && report.warnings.contains(.dataMissing))
    }

    @Test func `A declared type that the bytes contradict is a mismatch`() async throws {
        func flags(_ type: String) async throws -> Set<Flag.Name> {
            try await Inspected.report(of: Fixtures.recording("chrome-h264-opus.mp4"), request: InspectionRequest(declaredType: type))
                .warnings
        }
        #expect(try await flags("video/webm;codecs=vp9,opus") == [.typeMismatch])
        #expect(try await flags("video/mp4;codecs=avc1.42E01E,opus") == [])
        #expect(try await flags("application/octet-stream") == [])
    }
}
