import ForeignText
import Glibc

/// A time as Signature Version 4 writes it. Stores refuse a time that differs from theirs by more than a quarter of an hour.
struct SigningTime: Sendable, Hashable, Comparable {
    let secondsSince1970: Int

    init(secondsSince1970: Int) {
        self.secondsSince1970 = secondsSince1970
    }

    static var now: SigningTime { SigningTime(secondsSince1970: time(nil)) }

    func advanced(by seconds: Int) -> SigningTime { SigningTime(secondsSince1970: secondsSince1970 + seconds) }

    static func < (one: SigningTime, other: SigningTime) -> Bool { one.secondsSince1970 < other.secondsSince1970 }

    /// Reads the `Date` header of a response, such as `Thu, 26 Nov 2026 04:34:16 GMT`.
    init?(httpDate text: String) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let match = text.plainMatch(of: /[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT/),
            let month = months.firstIndex(of: String(match.2))
        else { return nil }
        self.init([String(match.3), "\(month + 1)", String(match.1), String(match.4), String(match.5), String(match.6)])
    }

    /// Reads a time in XML, such as `2026-11-26T04:34:16.000Z`.
    init?(xmlDate text: String) {
        guard let match = text.plainMatch(of: /(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2}).*/) else { return nil }
        self.init([match.1, match.2, match.3, match.4, match.5, match.6].map { String($0) })
    }

    /// Year, month, day, hour, minute, second.
    private init?(_ texts: [String]) {
        let numbers = texts.compactMap { Int32($0) }
        guard numbers.count == 6 else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        secondsSince1970 = timegm(&parts)
    }

    /// Such as `20261126T043416Z`.
    var text: String { formatted("%Y%m%dT%H%M%SZ") }
    /// Such as `20261126`.
    var day: String { formatted("%Y%m%d") }

    private func formatted(_ format: String) -> String {
        var seconds = secondsSince1970
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            // Some versions of glibc's headers do not accept `nil`.
            guard let start = buffer.baseAddress else { return "" }
            let length = strftime(start, buffer.count, format, &parts)
            return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
