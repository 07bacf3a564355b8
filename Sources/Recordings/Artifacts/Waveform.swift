/// The sound's outline: the audiowaveform JSON format, version 2, with 8-bit minimum and maximum per point.
public struct Waveform: Hashable, Sendable, Codable {
    /// Points at most: a point for each pixel of a wide screen. A longer answer has coarser points.
    public static let pointsAtMost = 2_000

    public var file: ArtifactFile
    public var points: Int
    /// Samples that one point stands for.
    public var samplesPerPoint: Int
    public var sampleRate: Int

    public init(file: ArtifactFile, points: Int, samplesPerPoint: Int, sampleRate: Int) {
        self.file = file
        self.points = points
        self.samplesPerPoint = samplesPerPoint
        self.sampleRate = sampleRate
    }

    enum CodingKeys: String, CodingKey {
        case points
        case samplesPerPoint = "samples_per_point"
        case sampleRate = "sample_rate"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        file = try ArtifactFile(from: decoder)
        points = try values.decode(Int.self, forKey: .points)
        samplesPerPoint = try values.decode(Int.self, forKey: .samplesPerPoint)
        sampleRate = try values.decode(Int.self, forKey: .sampleRate)
    }

    public func encode(to encoder: any Encoder) throws {
        try file.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(points, forKey: .points)
        try values.encode(samplesPerPoint, forKey: .samplesPerPoint)
        try values.encode(sampleRate, forKey: .sampleRate)
    }
}
