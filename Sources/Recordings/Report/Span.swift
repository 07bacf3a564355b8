/// A stretch of a recording in milliseconds, its end not included; `[from_ms, to_ms]` in JSON.
public struct Span: Hashable, Sendable, Codable {
    public var fromMs: Int
    public var toMs: Int

    public init(fromMs: Int, toMs: Int) {
        self.fromMs = fromMs
        self.toMs = toMs
    }

    public var lengthMs: Int { toMs - fromMs }

    public init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        fromMs = try values.decode(Int.self)
        toMs = try values.decode(Int.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.unkeyedContainer()
        try values.encode(fromMs)
        try values.encode(toMs)
    }
}
