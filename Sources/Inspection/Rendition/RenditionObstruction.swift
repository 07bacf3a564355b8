internal import Recordings

/// Why no rendition is made, on its way out.
struct Obstruction: Error {
    var obstacle: RenditionReport.Obstacle

    init(_ obstacle: RenditionReport.Obstacle) {
        self.obstacle = obstacle
    }
}
