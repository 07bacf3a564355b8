import SystemPackage
import Testing

/// What `ffprobe` reads of a recording's packets, where it was told to make shown times of decoding times as we do.
struct PacketTable {
    var spanMs: Double
    var frames: Int
    var keyframes: Int

    /// Packets that an edit list hides are none of the answer; cover pictures are none of its frames.
    init(_ path: FilePath) async throws {
        let lines = try await FFmpegTool.probe(
            path, entries: "packet=codec_type,pts_time,dts_time,duration_time,flags",
            path.extension == "avi" ? ["-fflags", "+genpts"] : [])
        let packets = lines.filter { $0.count >= 5 && !$0[4].contains("D") }
        let times = packets.map { packet in
            (start: Double(packet[1]) ?? Double(packet[2]), length: Double(packet[3]) ?? 0)
        }
        let start = try #require(times.compactMap(\.start).min())
        let end = try #require(times.compactMap { time in time.start.map { $0 + time.length } }.max())
        spanMs = (end - start) * 1000
        let pictures = packets.filter { $0[0] == "video" }
        frames = pictures.count
        keyframes = pictures.count { $0[4].hasPrefix("K") }
    }
}
