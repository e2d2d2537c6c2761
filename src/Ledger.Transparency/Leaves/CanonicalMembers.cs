using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>Names with a value each, in canonical form: what commitments are made to.</summary>
internal sealed class CanonicalMembers(int capacityBytes, int count)
{
    private readonly ArrayBufferWriter<byte> _values = new(capacityBytes + 1);
    private readonly List<(string Name, Range Value)> _members = new(count);

    public int Count => _members.Count;

    /// <summary>Bytes of all values.</summary>
    public int Length => _values.WrittenCount;

    public IEnumerable<string> Names => _members.Select(member => member.Name);

    public (string Name, ReadOnlyMemory<byte> Canonical) this[int index] => (_members[index].Name, _values.WrittenMemory[_members[index].Value]);

    public bool TryAdd(string name, JsonElement value, [NotNullWhen(false)] out string? problem)
    {
        var start = _values.WrittenCount;
        if (!CanonicalJson.TryWrite(value, NumberRule.Exact, _values, out problem))
        {
            return false;
        }

        _members.Add((name, start.._values.WrittenCount));
        return true;
    }

    public bool TryAdd(string name, string text, [NotNullWhen(false)] out string? problem)
    {
        var start = _values.WrittenCount;
        problem = CanonicalString.TryWrite(text, _values) ? null : $"{name} has half of a surrogate pair.";
        _members.Add((name, start.._values.WrittenCount));
        return problem is null;
    }

    /// <summary>Puts the members in canonical order, where they were added in another.</summary>
    public void Sort() => _members.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
}
