/// Damage to a recording, as chance or an attacker does it. The same generator gives the same damage.
public enum Mutation: CaseIterable, Sendable {
    case flippedBits, removedChunk, doubledChunk, movedChunk, zeroedChunk, noise, cut, size, number, splice

    /// A recording with one to four kinds of damage.
    /// - Parameter others: recordings that a splice takes its other half from.
    public static func mutant(of bytes: [UInt8], others: [[UInt8]], using random: inout some RandomNumberGenerator) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard let mutation = allCases.randomElement(using: &random), result.count > 64 else { break }
            mutation.apply(to: &result, others: others, using: &random)
        }
        return result
    }

    private func apply(to bytes: inout [UInt8], others: [[UInt8]], using random: inout some RandomNumberGenerator) {
        let chunk = Self.chunk(of: bytes, using: &random)
        switch self {
        case .flippedBits:
            for _ in 0..<Int.random(in: 1...64, using: &random) {
                bytes[Self.place(in: bytes, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
        case .removedChunk: bytes.removeSubrange(chunk)
        case .doubledChunk: bytes.insert(contentsOf: bytes[chunk], at: chunk.upperBound)
        case .movedChunk:
            let moved = bytes[chunk]
            bytes.removeSubrange(chunk)
            bytes.insert(contentsOf: moved, at: Int.random(in: 0...bytes.count, using: &random))
        case .zeroedChunk: bytes.replaceSubrange(chunk, with: repeatElement(0, count: chunk.count))
        case .noise: bytes.replaceSubrange(chunk, with: chunk.map { _ in UInt8.random(in: 0...255, using: &random) })
        case .cut: bytes.removeSubrange(Int.random(in: 1..<bytes.count, using: &random)...)
        case .size: Self.spoilSize(in: &bytes, using: &random)
        case .number:
            Self.write(Self.number(using: &random), width: [1, 2, 4, 8].randomElement(using: &random) ?? 4, into: &bytes, using: &random)
        case .splice:
            guard let other = others.randomElement(using: &random), !other.isEmpty else { return }
            bytes.removeSubrange(Int.random(in: 1..<bytes.count, using: &random)...)
            bytes += other[Int.random(in: 0..<other.count, using: &random)...]
        }
    }

    /// Where something is likely to matter: the first bytes half of the time, else anywhere.
    private static func place(in bytes: [UInt8], using random: inout some RandomNumberGenerator) -> Int {
        let end = Bool.random(using: &random) ? min(bytes.count, 2048) : bytes.count
        return Int.random(in: 0..<end, using: &random)
    }

    private static func chunk(of bytes: [UInt8], using random: inout some RandomNumberGenerator) -> Range<Int> {
        let from = place(in: bytes, using: &random)
        let longest = Bool.random(using: &random) ? 32 : bytes.count / 4
        let length = Int.random(in: 1...max(1, longest), using: &random)
        return from..<max(from, min(bytes.count - 1, from + length))
    }

    /// Extremes, their neighbours, and anything.
    private static func number(using random: inout some RandomNumberGenerator) -> UInt64 {
        let edges: [UInt64] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 32, 1 << 62]
        let far: [UInt64] = [0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0x8000_0000_0000_0001, 0xFFFF_FFFF_FFFF_FFFF]
        return Int.random(in: 0..<4, using: &random) == 0 ? random.next() : (edges + far).randomElement(using: &random) ?? 0
    }

    private static func write(_ number: UInt64, width: Int, into bytes: inout [UInt8], at place: Int) {
        for index in 0..<width where place + index < bytes.count {
            bytes[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * (width - 1 - index)))
        }
    }

    private static func write(_ number: UInt64, width: Int, into bytes: inout [UInt8], using random: inout some RandomNumberGenerator) {
        write(number, width: width, into: &bytes, at: place(in: bytes, using: &random))
    }

    /// Finds a head of a box (four letters behind four bytes of size) or of one of Matroska's larger elements, and lies in its size.
    private static func spoilSize(in bytes: inout [UInt8], using random: inout some RandomNumberGenerator) {
        let start = place(in: bytes, using: &random)
        let heads: [[UInt8]] = [[0x1F, 0x43, 0xB6, 0x75], [0x16, 0x54, 0xAE, 0x6B], [0x15, 0x49, 0xA9, 0x66], [0x18, 0x53, 0x80, 0x67]]
        for at in start..<max(start, bytes.count - 12) {
            let word = Array(bytes[at..<at + 4])
            if heads.contains(word) {
                return write(number(using: &random) | 0x0100_0000_0000_0000, width: 8, into: &bytes, at: at + 4)
            }
            if at >= 4, word.allSatisfy({ (0x61...0x7A).contains($0) }) {
                return write(number(using: &random), width: 4, into: &bytes, at: at - 4)
            }
        }
        write(number(using: &random), width: 4, into: &bytes, at: start)
    }
}
