/// Finds out whether a movie has a track of locations, which says where the camera was from moment to moment. FFmpeg reports locations in
/// a file's header only. The track is not read; the report says only that there is one.
enum LocationTrack {
    /// Boxes that are looked at. A phone's movie has some hundreds; in a file with more boxes than this the search ends.
    private static let maxBoxes = 20_000
    /// Of a sample description; Apple's lists the names of its values in less than a kilobyte.
    private static let maxDescriptionBytes = 64 * 1024
    private static let way = ["moov", "trak", "mdia", "minf", "stbl", "stsd"].map { Array($0.utf8) }

    static func exist(in window: inout ByteWindow) throws(InspectionError) -> Bool {
        var looked = 0
        return try exist(in: 0..<window.size, way[...], &window, &looked)
    }

    private static func exist(
        in range: Range<Int64>, _ way: ArraySlice<[UInt8]>, _ window: inout ByteWindow, _ looked: inout Int
    ) throws(InspectionError) -> Bool {
        var at = range.lowerBound
        while at < range.upperBound, looked < maxBoxes, let box = try MovieBox(&window, at: at) {
            looked += 1
            let end = box.size > range.upperBound - at ? range.upperBound : at + box.size
            // A box that ends within its own head is invalid, or is no part of this list.
            guard box.content <= end else { return false }
            if let next = way.first {
                // A list of sample descriptions begins with a version, flags and their number.
                let head: Int64 = way.count == 1 ? 8 : 0
                if box.type == next, box.content + head <= end,
                    try exist(in: box.content + head..<end, way.dropFirst(), &window, &looked)
                {
                    return true
                }
            } else if try describesLocations(box, until: end, &window) {
                return true
            }
            at = end
        }
        return false
    }

    /// - `gpmd`: GoPro's telemetry, and `camm`: Android's camera motion metadata. Both have locations in their samples, which are not
    ///   read: a track counts even if the camera never saw a satellite.
    /// - `mebx`: QuickTime's timed metadata, with the names of its values (`com.apple.quicktime.location.ISO6709`) in its description.
    ///  Other tracks of this kind say how a phone is held, so the name decides.
    private static func describesLocations(_ box: MovieBox, until end: Int64, _ window: inout ByteWindow) throws(InspectionError) -> Bool {
        if box.type == Array("gpmd".utf8) || box.type == Array("camm".utf8) { return true }
        guard box.type == Array("mebx".utf8) else { return false }
        let description = try window.read(min(Self.maxDescriptionBytes, Int(clamping: end - box.content)), at: box.content)
        return description.contains(Array(".location.".utf8))
    }
}
