internal import FoundationEssentials
internal import Recordings

/// A waveform as it must be in its file: the audiowaveform format, version 2.
struct WaveformFile: Decodable {
    /// 16 bytes for each of a point's two numbers. The inspector writes at most five: four characters and a comma.
    static let bytesAtMost = Waveform.pointsAtMost * 2 * 16

    var version: Int
    var channels: Int
    var sampleRate: Int
    var samplesPerPixel: Int
    var bits: Int
    var length: Int
    var data: [Int8]

    enum CodingKeys: String, CodingKey {
        case version, channels
        case sampleRate = "sample_rate"
        case samplesPerPixel = "samples_per_pixel"
        case bits, length, data
    }

    /// Throws `DecodingError` for anything but such a file.
    init(json: [UInt8]) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json))
    }

    /// A minimum and a maximum for each point of the one channel.
    var isConsistent: Bool {
        // Divided, because twice a made-up length may be more than a number holds.
        version == 2 && channels == 1 && bits == 8 && data.count.isMultiple(of: 2) && data.count / 2 == length
    }
}
