import Glibc

/// Hands libFuzzer's inputs to the whole inspection, for ever or for as long as `-max_total_time` says. See `Scripts/fuzz`.
///
/// In this process and without the cage: what is looked for are faults of the inspection itself, which end it.
@main
struct InspectionFuzzer {
    static func main() {
        var count = CommandLine.argc
        var words = CommandLine.unsafeArgv
        exit(
            runDriver(&count, &words) { bytes, count in
                FuzzedInspection.run(UnsafeRawBufferPointer(start: bytes, count: count))
                return 0
            })
    }
}

/// libFuzzer's own main function, as a library.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
