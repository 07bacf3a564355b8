internal import FFmpeg
internal import Glibc
internal import Recordings
internal import SystemPackage

/// Makes one rendition: reads the recording once to plan it, and once more to encode it.
struct RenditionPass {
    let recording: FileDescriptor
    let rendition: FileDescriptor
    let limits: InspectionLimits

    func run() throws(InspectionError) -> RenditionReport {
        guard Encoder.encodesH264 else { return RenditionReport(.noEncoder) }
        var window = try ByteWindow(recording)
        guard window.size <= limits.recordingBytes else { return RenditionReport(.limit) }
        let head = try window.head()
        guard let format = try window.format(of: head) else { return RenditionReport(.notDecodable) }
        do {
            let plan = try RenditionPlan(of: try demuxer(format), limits: limits)
            return RenditionReport(try encode(plan, from: try demuxer(format)))
        } catch let obstruction as Obstruction {
            return RenditionReport(obstruction.obstacle)
        } catch let error as FFmpegError {
            return RenditionReport(try obstacle(for: error))
        } catch InspectionError.writing(_, EFBIG) {
            return RenditionReport(.limit)
        } catch let error as InspectionError {
            throw error
        } catch {
            throw .outOfMemory
        }
    }

    private func demuxer(_ format: InputFormat) throws(FFmpegError) -> Demuxer {
        try Demuxer(recording, format: format, limits: Demuxer.Limits(streams: limits.streams, pixels: limits.pixels))
    }

    /// Turns a failure of the rendition's file into `InspectionError.writing`, so that it is not taken for one of the recording.
    private func writing<Result>(_ body: () throws(FFmpegError) -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            if case .system(let errno) = error.code { throw InspectionError.writing(.rendition, errno: errno) }
            throw error
        }
    }

    private func encode(_ plan: RenditionPlan, from demuxer: Demuxer) throws -> Rendition {
        let muxer = try writing { () throws(FFmpegError) in try Muxer(rendition, format: .mp4, maxBytes: limits.artifactBytes) }
        let writer = try RenditionWriter(muxer)
        let pixels = limits.pixels
        let picture = try plan.picture.map { try RenditionPicture($0, plan.origin, of: demuxer, maxPixels: pixels, writer) }
        let sound = try plan.sound.map { try RenditionSound($0, plan.origin, of: demuxer, maxPixels: pixels, writer) }
        try writing { () throws(FFmpegError) in try muxer.start() }
        demuxer.use(only: [plan.picture?.stream.index, plan.sound?.stream.index].compactMap { $0 })
        let packet = try Packet()
        while try demuxer.read(into: packet) {
            try writing { () throws(FFmpegError) in
                if packet.streamIndex == plan.picture?.stream.index { try picture?.add(packet) }
                if packet.streamIndex == plan.sound?.stream.index { try sound?.add(packet) }
            }
        }
        try writing { () throws(FFmpegError) in
            try picture?.finish()
            try sound?.finish()
            try muxer.finish()
        }
        return Rendition(
            file: ArtifactFile(mediaType: plan.picture == nil ? MediaType.mp4Audio : MediaType.mp4Video), width: plan.picture?.size.width,
            height: plan.picture?.size.height, durationMs: milliseconds(max(picture?.end ?? 0, sound?.end ?? 0)))
    }

    private func obstacle(for error: FFmpegError) throws(InspectionError) -> RenditionReport.Obstacle {
        switch error.code {
        case .system(let errno): throw .reading(errno: errno)
        case .outOfMemory: throw .outOfMemory
        case .tooManyStreams, .tooManyPixels: .limit
        case .unsupported, .invalidData, .endOfData, .refused, .other: .notDecodable
        }
    }
}
