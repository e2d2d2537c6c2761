using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>Names, each with a value in canonical form. The commitments are made to these values.</summary>
internal sealed class CanonicalMembers(int capacityBytes, int count)
{
    private readonly ArrayBufferWriter<byte> _values = new(capacityBytes + 1);
    private readonly List<(string Name, Range Value)> _members = new(count);

    public int Count => _members.Count;

    /// <summary>The bytes of all values together.</summary>
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

    /// <summary>Sorts the members into canonical order.</summary>
    public void Sort() => _members.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
}
