internal import Glibc

extension Double {
    /// Rounded for people: a report that claims fifteen digits claims too much.
    func rounded(toPlaces places: Int) -> Double {
        let scale = pow(10, Double(places))
        return (self * scale).rounded() / scale
    }
}
