internal import FFmpeg

extension ByteWindow {
    /// The bytes that name the container.
    mutating func head() throws(InspectionError) -> [UInt8] {
        Array(try read(InputFormat.headBytes, at: 0))
    }

    /// The container of a file with this head; `nil` when it is not one that Dailies reads.
    mutating func format(of head: [UInt8]) throws(InspectionError) -> InputFormat? {
        try InputFormat(head: head) { (offset) throws(InspectionError) in Array(try read(InputFormat.headBytes, at: offset)) }
    }
}
