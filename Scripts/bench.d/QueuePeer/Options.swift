/// What the command line says; unknown words are the harness's mistake and are passed over.
struct Options {
    var command = ""
    var jobs = 20_000
    var interval = Duration.milliseconds(20)
    var deadline = Duration.seconds(30)
    var slots = 2000
    var workers = 1
    var listening: String?

    init(_ words: some Collection<String>) {
        command = words.first ?? ""
        for (flag, value) in zip(words.dropFirst(), words.dropFirst(2)) {
            switch flag {
            case "--jobs": jobs = Int(value) ?? jobs
            case "--interval-ms": interval = .milliseconds(Double(value) ?? 20)
            case "--deadline": deadline = .seconds(Double(value) ?? 30)
            case "--workers": workers = Int(value) ?? workers
            case "--listen-database": listening = value
            case "--slots": slots = Int(value) ?? slots
            default: break
            }
        }
    }
}
