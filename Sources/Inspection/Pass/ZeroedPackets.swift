internal import FFmpeg
internal import ForeignText

/// Finds packets of coded pictures and sound that are all zeros or have a long row of zeros inside. No encoder writes that. A file system
/// returns zeros for a part of a file that was never written, and the container's own sizes do not show it.
struct ZeroedPackets {
    /// No header of a coded picture or of coded sound begins with so many zeros.
    private static let opening = 16
    /// A block of a file system. Packets of the codecs below have no such row inside: they end with a bit that is set, and either escape
    /// rows of zeros or use an arithmetic coder that makes none.
    private static let row = 4096
    private static let rowless: Set<String> = ["h264", "hevc", "vp8", "vp9", "av1"]
    /// More stretches than a person would read are not kept.
    private static let maxStretches = 1_000

    private let isCoded: Bool
    private let hasNoRows: Bool
    private(set) var stretches: [FrameGaps.Gap] = []
    private var isInside = false

    init(of stream: StreamInfo?) {
        let codec = stream?.codec ?? ""
        // Samples that are not coded are zeros in digital silence.
        isCoded = !codec.begins(with: "pcm_") && !codec.begins(with: "adpcm_")
        hasNoRows = Self.rowless.contains(codec)
    }

    mutating func add(_ packet: Packet) {
        guard isCoded, let time = packet.time else { return }
        let isBlank = packet.beginsWithZeros(Self.opening) || (hasNoRows && packet.hasZerosInside(Self.row))
        defer { isInside = isBlank }
        guard isBlank else { return }
        let end = time + (packet.duration ?? 0)
        if isInside, let last = stretches.indices.last {
            stretches[last].from = min(stretches[last].from, time)
            stretches[last].to = max(stretches[last].to, end)
        } else if stretches.count < Self.maxStretches {
            stretches.append(FrameGaps.Gap(from: time, to: end))
        }
    }
}
