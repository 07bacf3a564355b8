/// The size of a JPEG, from its first bytes (ITU T.81, annex B).
struct JPEGHeader: Equatable {
    var width: Int
    var height: Int

    /// `nil` for what is not a JPEG, or has no frame header within `bytes`.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
        var at = 2
        while at + 9 <= bytes.count {
            guard bytes[at] == 0xFF else { return nil }
            let marker = bytes[at + 1]
            switch marker {
            // Baseline, extended and progressive frames: length, precision, height, width.
            case 0xC0, 0xC1, 0xC2:
                height = Int(bytes[at + 5]) << 8 | Int(bytes[at + 6])
                width = Int(bytes[at + 7]) << 8 | Int(bytes[at + 8])
                return
            // The picture's data or the end, before any frame header.
            case 0xD9, 0xDA: return nil
            default:
                let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
                guard length >= 2 else { return nil }
                at += 2 + length
            }
        }
        return nil
    }
}
