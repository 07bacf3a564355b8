/// A line of bounded length in which lanes take turns: one lane's many elements do not keep another lane's one waiting, nor out.
///
/// A value without a clock or a lock. Lanes that come first are served before all others; within both kinds each lane gets one turn at a time.
struct FairLine<Element> {
    private struct Lane {
        var key: HashLane
        var elements: [Element]
    }

    /// In the order of their turns; none is empty.
    private var first: [Lane] = []
    private var others: [Lane] = []
    private let most: Int

    /// - Parameter most: the most elements of all lanes together.
    init(most: Int) {
        self.most = most
    }

    var count: Int { (first + others).reduce(0) { $0 + $1.elements.count } }

    /// - Returns: the element that there is no room for: the given one, or the newest of the longest lane, when that lane would still be
    ///   longer than this one. `nil` when all have room.
    mutating func add(_ element: Element, to key: HashLane) -> Element? {
        var refused: Element?
        if count >= most {
            guard let place = longest(), others[place].elements.count > length(of: key) + 1 || key.comesFirst else { return element }
            refused = others[place].elements.removeLast()
            if others[place].elements.isEmpty { others.remove(at: place) }
        }
        if key.comesFirst { Self.append(element, key, to: &first) } else { Self.append(element, key, to: &others) }
        return refused
    }

    /// The next element; its lane goes behind the others.
    mutating func next() -> Element? {
        Self.next(of: &first) ?? Self.next(of: &others)
    }

    /// The place of the longest lane that does not come first.
    private func longest() -> Int? {
        others.indices.max { others[$0].elements.count < others[$1].elements.count }
    }

    private func length(of key: HashLane) -> Int {
        (first + others).first { $0.key == key }?.elements.count ?? 0
    }

    private static func append(_ element: Element, _ key: HashLane, to lanes: inout [Lane]) {
        if let place = lanes.firstIndex(where: { $0.key == key }) {
            lanes[place].elements.append(element)
        } else {
            lanes.append(Lane(key: key, elements: [element]))
        }
    }

    private static func next(of lanes: inout [Lane]) -> Element? {
        guard !lanes.isEmpty else { return nil }
        var lane = lanes.removeFirst()
        let element = lane.elements.removeFirst()
        if !lane.elements.isEmpty { lanes.append(lane) }
        return element
    }
}
