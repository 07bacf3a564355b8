internal import CFFmpeg

/// A constant number of frames a second, as a fraction: television's 29.97 is 30000/1001.
public struct FrameRate: Hashable, Sendable {
    public let numerator: Int32
    public let denominator: Int32

    /// - Parameters: both above 0.
    public init(_ numerator: Int32, _ denominator: Int32 = 1) {
        self.numerator = numerator
        self.denominator = denominator
    }

    public var framesPerSecond: Double { Double(numerator) / Double(denominator) }

    /// The number of the frame whose time is nearest to `time`, counted from the frame at 0.
    public func frame(at time: Microseconds) -> Int64 {
        av_rescale_q(time, .microsecond, timeBase)
    }

    /// When the frame of this number begins.
    public func time(ofFrame number: Int64) -> Microseconds {
        av_rescale_q(number, timeBase, .microsecond)
    }

    var rational: AVRational { AVRational(num: numerator, den: denominator) }
    var timeBase: AVRational { AVRational(num: denominator, den: numerator) }
}
