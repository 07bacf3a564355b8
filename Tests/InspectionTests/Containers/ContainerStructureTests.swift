import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspection

/// What the containers' own sizes say, on bytes made by hand.
struct ContainerStructureTests {
    private func structure<Found>(_ bytes: [UInt8], _ walk: (inout ByteWindow) throws -> Found) async throws -> Found {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("bytes")
            try Data(bytes).write(to: URL(filePath: path.string))
            let descriptor = try FileDescriptor.open(path, .readOnly)
            defer { try? descriptor.close() }
            var window = try ByteWindow(descriptor)
            return try walk(&window)
        }
    }

    private static let header: [UInt8] = [0x1A, 0x45, 0xDF, 0xA3, 0x80]
    private static let unknown: [UInt8] = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    private static let segment: [UInt8] = [0x18, 0x53, 0x80, 0x67]
    private static let cluster: [UInt8] = [0x1F, 0x43, 0xB6, 0x75]
    /// A simple block of 100 bytes.
    private static let block: [UInt8] = [0xA3, 0xE4] + Array(repeating: 9, count: 100)

    @Test func `A live WebM that ends with a whole block is complete`() async throws {
        let bytes =
            Self.header + Self.segment + Self.unknown + Self.cluster + Self.unknown + Self.block + Self.cluster + Self.unknown + Self.block
        #expect(try await structure(bytes, MatroskaWalk.structure) == ContainerStructure())
    }

    @Test func `A WebM that ends anywhere within a block is cut short`() async throws {
        let whole = Self.header + Self.segment + Self.unknown + Self.cluster + Self.unknown + Self.block + Self.block
        for missing in 1..<102 {
            let found = try await structure(Array(whole.dropLast(missing)), MatroskaWalk.structure)
            #expect(found.isCutShort && found.damagedAt == nil, "\(missing) bytes missing")
        }
    }

    @Test func `A segment that is longer than the file promises the rest`() async throws {
        let bytes = Self.header + Self.segment + [0x43, 0x00] + Self.cluster + [0xE6] + Self.block
        let found = try await structure(bytes, MatroskaWalk.structure)
        #expect(found.isCutShort && found.promisedBytes == Int64(Self.header.count + 6 + 0x300))
    }

    @Test func `Something else where an element should begin is damage, not an end`() async throws {
        let start = Self.header + Self.segment + Self.unknown + Self.cluster + Self.unknown + Self.block
        let found = try await structure(start + Array(repeating: 0, count: 50) + Self.block, MatroskaWalk.structure)
        #expect(found.damagedAt == Int64(start.count) && !found.isCutShort)
    }

    private static func box(_ type: String, _ content: [UInt8] = [], size: Int? = nil) -> [UInt8] {
        withUnsafeBytes(of: UInt32(size ?? content.count + 8).bigEndian, Array.init) + Array(type.utf8) + content
    }

    @Test func `A track description that ends within its own head names no location`() async throws {
        func movie(_ description: [UInt8]) -> [UInt8] {
            ["stbl", "minf", "mdia", "trak", "moov"].reduce(Self.box("stsd", Array(repeating: 0, count: 8) + description)) {
                Self.box($1, $0)
            }
        }
        let ofPlaces = Self.box("mebx", Array("a.location.b".utf8))
        #expect(try await structure(movie(ofPlaces), LocationTrack.exist))
        // The file goes on behind each, so that there is something to read.
        for size in 0...15 as ClosedRange<UInt8> {
            let short = Self.box("mebx", Array(repeating: 0, count: 7) + [size], size: 1)
            #expect(try await structure(movie(short) + ofPlaces, LocationTrack.exist) == false, "\(size)")
        }
        for length in 0..<ofPlaces.count - 1 {
            let file = movie(Array(ofPlaces.prefix(length))) + ofPlaces.dropFirst(length)
            #expect(try await structure(file, LocationTrack.exist) == false, "\(length)")
        }
    }

    @Test func `An MP4 whose boxes fill the file is complete`() async throws {
        let bytes = Self.box("ftyp", [1, 2, 3, 4]) + Self.box("moov") + Self.box("moof") + Self.box("mdat", Array(repeating: 1, count: 99))
        #expect(try await structure(bytes, MovieWalk.structure) == ContainerStructure())
        // A size of 0 means: to the end.
        #expect(try await structure(bytes + Self.box("mdat", [1, 2, 3], size: 0), MovieWalk.structure) == ContainerStructure())
    }

    @Test func `An MP4 is cut short within a box, within a box's head, and between an index and its data`() async throws {
        let whole = Self.box("ftyp", [1, 2, 3, 4]) + Self.box("moov")
        #expect(try await structure(whole + Self.box("mdat", [1], size: 100), MovieWalk.structure).promisedBytes == 120)
        #expect(try await structure(whole + [0, 0, 0], MovieWalk.structure).isCutShort)
        #expect(try await structure(whole + Self.box("moof"), MovieWalk.structure).isCutShort)
        #expect(try await structure(whole + Array(repeating: 0, count: 16), MovieWalk.structure).damagedAt == 20)
    }

    @Test func `Sizes that overflow are a cut, not a crash`() async throws {
        let huge = Self.box("ftyp") + [0, 0, 0, 1] + Array("mdat".utf8) + Array(repeating: 0xFF, count: 8)
        #expect(try await structure(huge, MovieWalk.structure).isCutShort)
        let block = Self.header + Self.segment + Self.unknown + [0xA3, 0x01] + Array(repeating: 0xFE, count: 7)
        #expect(try await structure(block, MatroskaWalk.structure).isCutShort)
    }
}
