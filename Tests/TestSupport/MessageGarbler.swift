/// Spoils one of the server's messages, counted from where it is armed.
struct MessageGarbler {
    var isArmed = false
    private(set) var isMade = false
    private let fault: PostgresProxy.Fault
    private var rest: [UInt8] = []
    private var index = 0
    private var held: [UInt8] = []

    init(_ fault: PostgresProxy.Fault) {
        self.fault = fault
    }

    /// Takes bytes as they come and gives those that go on: whole messages, a type of one byte and a length of four.
    mutating func garble(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        rest += bytes
        var passed: [UInt8] = []
        while rest.count >= 5, case let length = rest[1...4].reduce(0, { $0 << 8 | Int($1) }) + 1, rest.count >= length {
            let message = Array(rest.prefix(length))
            rest.removeFirst(length)
            passed += pass(message)
        }
        return passed
    }

    private mutating func pass(_ message: [UInt8]) -> [UInt8] {
        if !held.isEmpty {
            defer { held = [] }
            // What an error says may not be moved behind what it takes back.
            return message[0] == UInt8(ascii: "E") ? held + message : message + held
        }
        guard isArmed else { return message }
        defer { index += 1 }
        // Without the error nobody can know of it.
        guard index == fault.message, message[0] != UInt8(ascii: "E") else { return message }
        isMade = true
        switch fault.kind {
        case .drop: return []
        case .double: return message + message
        case .swap:
            held = message
            return []
        case .shorten: return message.dropLast(1 + Int(fault.seed % UInt64(message.count)))
        case .retype: return [UInt8(ascii: "A") + UInt8(fault.seed % 58)] + message.dropFirst()
        case .resize:
            // Impossible, wrong, or more than will ever come.
            let lengths: [[UInt8]] = [[0, 0, 0, UInt8(fault.seed % 4)], [0, 0, 0, UInt8(fault.seed % 256)], [1, 0, 0, 0]]
            return message.prefix(1) + lengths[Int(fault.seed / 256 % 3)] + message.dropFirst(5)
        }
    }
}
