/// Hands one of libFuzzer's inputs to the whole inspection. libFuzzer brings the main function, and calls this again and again.
///
/// In its process and without the sandbox: what is looked for are faults of the inspection itself, which end it. See `Scripts/fuzz`.
@_cdecl("LLVMFuzzerTestOneInput")
public func inspectInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzedInspection.run(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
}
