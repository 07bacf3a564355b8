internal import FFmpeg
internal import SystemPackage

/// What the sizes in the container say about a cut end and about holes. FFmpeg does not report these: it takes a file that was cut in the
/// middle of a block for one that ends there.
struct ContainerStructure: Equatable {
    /// The file ends inside an element that says it is longer.
    var isCutShort = false
    /// How many bytes the container promises in all, where it says so.
    var promisedBytes: Int64?
    /// The offset at which something else stands than the container's next element.
    var damagedAt: Int64?
    /// There are media but no index that describes them (an MP4 whose index comes last).
    var lacksIndex = false

    init(isCutShort: Bool = false, promisedBytes: Int64? = nil, damagedAt: Int64? = nil) {
        self.isCutShort = isCutShort
        self.promisedBytes = promisedBytes
        self.damagedAt = damagedAt
    }

    init(of recording: FileDescriptor, format: InputFormat) throws(InspectionError) {
        var window = try ByteWindow(recording)
        switch format.family {
        case .matroska: self = try MatroskaWalk.structure(&window)
        case .movie: self = try MovieWalk.structure(&window)
        case .riff: self = try RIFFWalk.structure(&window)
        case .transport: self = try TransportWalk.structure(&window)
        case .ogg: self = try OggWalk.structure(&window)
        case .frames: self = try FrameWalk.structure(&window, format: format)
        }
    }
}
