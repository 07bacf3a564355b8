/// A voice memo in AMR without a container, as phones write it. No encoder of it ships with Debian: what is in the frames is noise.
public enum VoiceMemo {
    /// - Parameter frames: how many, of 20 ms each, at the highest rate of narrow band or the third lowest of wide band.
    public static func bytes(isWideband: Bool = false, frames: Int) -> [UInt8] {
        var random = SeededGenerator(seed: 4867)
        let (opening, head, length) = isWideband ? ("#!AMR-WB\n", UInt8(0x14), 33) : ("#!AMR\n", 0x3C, 32)
        return (0..<frames).reduce(into: Array(opening.utf8)) { bytes, _ in
            bytes += [head] + (1..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }
}
