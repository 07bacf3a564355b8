internal import FFmpeg

extension ByteWindow {
    /// The bytes that name the container.
    mutating func head() throws(InspectionError) -> [UInt8] {
        Array(try read(InputFormat.headBytes, at: 0))
    }

    /// The container that a file with this head is; `nil` when it is none that is read here.
    mutating func format(of head: [UInt8]) throws(InspectionError) -> InputFormat? {
        try InputFormat(head: head) { (offset) throws(InspectionError) in Array(try read(InputFormat.headBytes, at: offset)) }
    }
}
