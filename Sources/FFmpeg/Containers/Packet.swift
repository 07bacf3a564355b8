internal import CFFmpeg

/// One coded frame or group of samples, as it lies in the container. Reused: a demuxer refills it again and again.
@safe public final class Packet {
    let pointer: UnsafeMutablePointer<AVPacket>
    /// Of the stream that it was read from; set by the demuxer.
    var timeBase = AVRational.microsecond

    public init() throws(FFmpegError) {
        guard let packet = unsafe av_packet_alloc() else { throw FFmpegError(.outOfMemory, operation: "hold a packet") }
        unsafe pointer = packet
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = unsafe pointer
        unsafe av_packet_free(&packet)
    }

    /// Another packet with the same bytes; they are shared, not copied.
    public func shared() throws(FFmpegError) -> Packet {
        let copy = try Packet()
        let status = unsafe av_packet_ref(copy.pointer, pointer)
        guard status >= 0 else { throw FFmpegError(status: status, operation: "hold a packet") }
        copy.timeBase = timeBase
        return copy
    }

    public var streamIndex: Int { unsafe Int(pointer.pointee.stream_index) }
    /// When it is shown or heard; where the container has only one timestamp, that one.
    public var time: Microseconds? { unsafe timeBase.microseconds(pointer.pointee.pts) ?? timeBase.microseconds(pointer.pointee.dts) }
    /// What the container or the codec's own header says; `nil` when neither does.
    public var duration: Microseconds? {
        unsafe pointer.pointee.duration > 0 ? timeBase.microseconds(pointer.pointee.duration) : nil
    }
    /// Sets the packet's duration where the container does not say it.
    public func setDuration(_ duration: Microseconds) {
        unsafe pointer.pointee.duration = timeBase.ticks(duration)
    }

    public var byteCount: Int { unsafe Int(pointer.pointee.size) }
    public var isKeyframe: Bool { unsafe pointer.pointee.flags & AV_PKT_FLAG_KEY != 0 }
    /// Decoded only for what comes after it, never shown: it lies outside the container's edit list.
    public var isDiscarded: Bool { unsafe pointer.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }

    /// Whether the packet has at least that many bytes, and the first are zero.
    public func beginsWithZeros(_ count: Int) -> Bool {
        let bytes = unsafe UnsafeBufferPointer(start: pointer.pointee.data, count: byteCount)
        return unsafe bytes.count >= count && bytes.prefix(count).allSatisfy { $0 == 0 }
    }

    /// Whether there is a row of at least that many zeros, with something behind it.
    public func hasZerosInside(_ count: Int) -> Bool {
        let bytes = unsafe UnsafeBufferPointer(start: pointer.pointee.data, count: byteCount)
        // A row of that length covers one of these places.
        var at = count - 1
        while at < bytes.count {
            if unsafe bytes[at] == 0 {
                let before = unsafe bytes[..<at].lastIndex { $0 != 0 } ?? -1
                guard let after = unsafe bytes[at...].firstIndex(where: { $0 != 0 }) else { return false }
                if after - before > count { return true }
            }
            at += count
        }
        return false
    }

    func empty() {
        unsafe av_packet_unref(pointer)
    }
}
