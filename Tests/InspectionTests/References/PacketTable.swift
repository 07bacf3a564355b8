import SystemPackage
import Testing

/// What `ffprobe` reads of a recording's packets. Where only decoding times are known it makes shown times of them, as Dailies does.
struct PacketTable {
    var spanMs: Double
    var frames: Int
    var keyframes: Int

    /// Packets that an edit list hides are no part of the answer; cover pictures are no part of its frames.
    /// - Parameter streams: the answer's streams, where the file has others too.
    init(_ path: FilePath, streams: Set<Int>? = nil) async throws {
        let lines = try await FFmpegTool.probe(
            path, entries: "packet=codec_type,stream_index,pts_time,dts_time,duration_time,flags",
            path.extension == "avi" ? ["-fflags", "+genpts"] : [])
        let packets = lines.filter { packet in
            packet.count >= 6 && !packet[5].contains("D") && streams.map { Int(packet[1]).map($0.contains) ?? false } ?? true
        }
        let times = packets.map { packet in
            (start: Double(packet[2]) ?? Double(packet[3]), length: Double(packet[4]) ?? 0)
        }
        let start = try #require(times.compactMap(\.start).min())
        let end = try #require(times.compactMap { time in time.start.map { $0 + time.length } }.max())
        spanMs = (end - start) * 1000
        let pictures = packets.filter { $0[0] == "video" }
        frames = pictures.count
        keyframes = pictures.count { $0[5].hasPrefix("K") }
    }
}
