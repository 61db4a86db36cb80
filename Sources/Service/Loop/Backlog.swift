/// Elements in the order of their coming, which are taken from the front: taking costs the same however many wait,
/// where an array moves all that is left.
struct Backlog<Element> {
    private var elements: [Element] = []
    /// The elements before it have been taken.
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : elements[head] }
    /// In order.
    var all: ArraySlice<Element> { elements[head...] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func append(contentsOf more: some Sequence<Element>) { elements.append(contentsOf: more) }

    /// Puts another in the place of the first.
    mutating func replaceFirst(with element: Element) { elements[head] = element }

    /// - Parameter count: at most as many as there are.
    mutating func removeFirst(_ count: Int = 1) {
        head += count
        // The taken elements are let go when they are the larger half, so each is moved once at most on average.
        guard head * 2 >= elements.count else { return }
        elements.removeFirst(head)
        head = 0
    }
}
