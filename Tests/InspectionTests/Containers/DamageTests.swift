import FFmpeg
import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspection

/// Recordings of every container that are cut or have a hole: the damage is reported, and the rest is read.
@Suite(.tags(.media))
struct DamageTests {
    /// The structure of the file when it is cut at each of these places.
    private func structures(_ path: FilePath, endingAt cuts: [Int]) throws -> [Int: ContainerStructure] {
        let bytes = try Fixtures.bytes(at: path)
        let format = try #require(
            InputFormat(head: Array(bytes.prefix(InputFormat.headBytes))) { (at: Int64) in Array(bytes[Int(at)...].prefix(4096)) })
        let copy = path.removingLastComponent().appending("cut")
        try Data(bytes).write(to: URL(filePath: copy.string))
        let file = try FileDescriptor.open(copy, .readWrite)
        defer { try? file.close() }
        var found: [Int: ContainerStructure] = [:]
        // From the end, so that one file is enough.
        for cut in Set(cuts).sorted(by: >) {
            try file.resize(to: Int64(cut))
            found[cut] = try ContainerStructure(of: file, format: format)
        }
        return found
    }

    @Test("A recording that is cut at any byte is reported as cut", arguments: MadeContainer.all)
    func cutAnywhere(_ made: MadeContainer) async throws {
        try await made.with { path in
            let size = try Fixtures.bytes(at: path).count
            let (bounds, seams) = (try await made.bounds(path), try await made.seams(path))
            var generator = SplitMix(state: 41)
            let random = (0..<60).map { _ in Int.random(in: 16..<size, using: &generator) }
            // Every byte around the bounds of a packet in the middle, of the last packet, and around the end.
            let around = [bounds[bounds.count / 2], bounds[bounds.count - 1], size].flatMap { $0 - 13...$0 + 12 }
            let cuts = (random + around).filter { $0 < size && $0 > 0 }
            for (cut, structure) in try structures(path, endingAt: cuts) {
                #expect(structure.damagedAt == nil, "cut at \(cut) of \(size)")
                if !seams.contains(cut) { #expect(structure.isCutShort, "cut at \(cut) of \(size)") }
            }
            #expect(try structures(path, endingAt: [size])[size] == ContainerStructure(), "whole")
        }
    }

    @Test("A recording that is cut is read up to the cut, or has a reason", arguments: MadeContainer.all)
    func readsTheRest(_ made: MadeContainer) async throws {
        try await made.with { path in
            let bytes = try Fixtures.bytes(at: path)
            let bounds = try await made.bounds(path)
            for (cut, isRead) in [(bounds[bounds.count / 2] + 5, true), (bytes.count - 1, true), (24, false)] {
                let report = try await Inspected.report(ofBytes: Array(bytes.prefix(cut))).validated(limits: InspectionLimits())
                #expect((report.outcome == .usable) == isRead, "cut at \(cut): \(String(describing: report.reason))")
                if isRead {
                    #expect(report.faults.contains(.truncated), "cut at \(cut)")
                } else {
                    #expect([.headerOnly, .notMedia].contains(report.reason?.code), "cut at \(cut)")
                }
            }
        }
    }

    @Test("Zeroed and removed bytes are reported as missing in every container", arguments: MadeContainer.all)
    func holes(_ made: MadeContainer) async throws {
        // A short Ogg file has few pages otherwise, and needs its first.
        try await made.with(made.format == "ogg" ? ["-page_duration", "200000"] : []) { path in
            let bytes = try Fixtures.bytes(at: path)
            let bounds = try await made.bounds(path)
            let start = bounds[bounds.count / 2] - 7
            let hole = start..<min(start + max(5000, bytes.count / 10), bytes.count - 500)
            var blank = bytes
            blank.replaceSubrange(hole, with: repeatElement(0, count: hole.count))
            let zeroed = try await Inspected.report(ofBytes: blank)
            #expect(zeroed.outcome == .usable)
            // Uncoded samples are zeros in silence.
            if made.format != "wav" {
                #expect(zeroed.warnings.contains(.dataMissing) || zeroed.faults.contains(.truncated), "\(zeroed.flags)")
            }
            let shorter = try await Inspected.report(ofBytes: Array(bytes[..<hole.lowerBound] + bytes[hole.upperBound...]))
            #expect(shorter.outcome == .usable)
            #expect(shorter.warnings.contains(.dataMissing) || shorter.faults.contains(.truncated), "\(shorter.flags)")
        }
    }

    @Test func `Bare frames of sound that end with a whole frame are complete`() async throws {
        for made in MadeContainer.all where made.format == "aac" || made.arguments.contains("-write_xing") {
            try await made.with { path in
                let bytes = try Fixtures.bytes(at: path)
                let bounds = try await made.bounds(path)
                let report = try await Inspected.report(ofBytes: Array(bytes.prefix(bounds[bounds.count * 2 / 3])))
                #expect(report.faults == [.noVideo] && report.warnings == [])
            }
        }
    }

    @Test func `A live recording that ends with a whole block is complete`() async throws {
        let bytes = try Fixtures.bytes("chrome-vp8-opus.webm")
        // Those that are no part of a group.
        let blocks = MatroskaEdit.blocks(of: bytes).filter { bytes[$0.start] == 0xA3 }
        for block in [blocks[blocks.count / 3], blocks[blocks.count * 2 / 3]] {
            let report = try await Inspected.report(ofBytes: Array(bytes.prefix(block.start)))
            #expect(report.faults == [] && report.warnings == [], "cut at \(block.start): \(report.flags)")
        }
    }
}

extension MadeContainer {
    /// Where its packets begin, in the order of the file.
    fileprivate func bounds(_ path: FilePath) async throws -> [Int] {
        let found = try await FFmpegTool.probe(path, entries: "packet=pos").compactMap { $0.first.flatMap(Int.init) }
        return Set(found).sorted()
    }

    /// Where a cut leaves no trace: between two frames of sound, packets of a transport stream, or fragments of an MP4. Other containers
    /// say how long they are, or mark their end.
    fileprivate func seams(_ path: FilePath) async throws -> Set<Int> {
        let bytes = try Fixtures.bytes(at: path)
        switch format {
        case "aac": return Set(try await bounds(path))
        case "mp3": return Set(arguments.contains("-write_xing") ? try await bounds(path) : [])
        case "mpegts": return Set(stride(from: 0, through: bytes.count, by: ending == "m2ts" ? 192 : 188))
        case "mp4" where arguments.contains("frag_keyframe+empty_moov"): return Self.boxes(bytes)
        default: return []
        }
    }

    /// Where the outermost boxes begin.
    private static func boxes(_ bytes: [UInt8]) -> Set<Int> {
        var found: Set<Int> = []
        var at = 0
        while at + 8 <= bytes.count {
            found.insert(at)
            at += max(8, bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) })
        }
        return found
    }
}

/// The reasons that say which part of a file is missing.
@Suite(.tags(.media))
struct MissingPartTests {
    private func reason(_ bytes: [UInt8]) async throws -> UnusableReason.Code? {
        try await Inspected.report(ofBytes: bytes).reason?.code
    }

    @Test func `A later piece of a live WebM lacks its header, and is complete with it`() async throws {
        let bytes = try Fixtures.bytes("chrome-vp8-opus.webm")
        let clusters = bytes.indices.dropLast(4).filter { bytes[$0] == 0x1F && bytes[$0..<$0 + 4].elementsEqual([0x1F, 0x43, 0xB6, 0x75]) }
        let (first, later) = (try #require(clusters.first), clusters[clusters.count / 2])
        #expect(try await reason(Array(bytes[later...])) == .headerMissing)
        // The header from the beginning, and the same piece.
        let joined = try await Inspected.report(ofBytes: Array(bytes[..<first] + bytes[later...]))
        #expect(joined.outcome == .usable && joined.faults == [])
    }

    @Test func `A later fragment of an MP4 lacks its header, and is complete with it`() async throws {
        let bytes = try Fixtures.bytes("chrome-h264-opus.mp4")
        let kind = Array("moof".utf8)
        let fragments = bytes.indices.dropLast(4).filter { bytes[$0] == kind[0] && bytes[$0..<$0 + 4].elementsEqual(kind) }.map { $0 - 4 }
        let (first, later) = (try #require(fragments.first), fragments[fragments.count / 2])
        #expect(try await reason(Array(bytes[later...])) == .headerMissing)
        #expect(try await reason(Array(bytes[..<first] + bytes[later...])) == nil)
    }

    @Test(
        "A recording with its index at the end is unusable without the index, and truncated within it",
        arguments: ["mp4", "mov", "m4a", "3gp"])
    func index(_ ending: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("phone.\(ending)")
            let picture = ending == "m4a" ? [] : Generated.picture
            try await FFmpegTool.make(path, picture + Generated.tone + ["-c:v", "mpeg4", "-c:a", "aac"])
            let bytes = try Fixtures.bytes(at: path)
            let index = try #require(bytes.firstRange(of: Array("moov".utf8))).lowerBound - 4
            #expect(try await reason(bytes) == nil)
            #expect(try await reason(Array(bytes[..<index])) == .indexMissing)
            #expect(try await reason(Array(bytes[..<(index - 1000)])) == .indexMissing)
            #expect(try await reason(Array(bytes[..<(index + 60)])) == .indexMissing)
            // Neither media nor index: only a beginning.
            #expect(try await reason(Array(bytes[..<28])) == .headerOnly)
        }
    }
}
