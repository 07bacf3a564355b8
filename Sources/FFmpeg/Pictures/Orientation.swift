/// How a coded picture becomes upright: mirrored left to right, if at all, and then turned.
public struct Orientation: Hashable, Sendable {
    /// Clockwise degrees: 0, 90, 180 or 270.
    public var rotation: Int
    public var isMirrored: Bool

    public static let upright = Orientation(rotation: 0, isMirrored: false)

    public init(rotation: Int, isMirrored: Bool) {
        self.rotation = rotation
        self.isMirrored = isMirrored
    }

    /// Whether width and height change places.
    public var isSideways: Bool { rotation % 180 != 0 }

    /// From a container's display matrix, nine numbers of which the first two columns' upper rows matter: a pixel's
    /// (x, y) is shown at (a x + c y, b x + d y), y downwards. Turns that are no quarter turns count as the nearest one.
    init(_ matrix: UnsafePointer<Int32>) {
        self.init(
            a: unsafe Double(matrix[0]), b: unsafe Double(matrix[1]), c: unsafe Double(matrix[3]), d: unsafe Double(matrix[4]))
    }

    init(a: Double, b: Double, c: Double, d: Double) {
        // A negative determinant turns the picture's outside in. Undo the mirror, and a turn is left: (cos, sin) is where
        // the picture's right-hand side points.
        isMirrored = a * d - b * c < 0
        let (cosine, sine) = isMirrored ? (-a, -b) : (a, b)
        if abs(cosine) >= abs(sine) {
            rotation = cosine < 0 ? 180 : 0
        } else {
            rotation = sine < 0 ? 270 : 90
        }
    }
}
