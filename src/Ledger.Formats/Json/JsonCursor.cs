namespace Ledger.Formats;

/// <summary>
/// Moves through JSON text of any length. It finds where values begin and end, counts lines, and keeps no more than one value in memory. It does
/// not check whether a value is valid JSON; the reader of the value does.
/// </summary>
internal sealed class JsonCursor(Stream input, int valueBytesMax)
{
    private byte[] _buffer = new byte[1 << 16];
    private int _kept; // The beginning of the value that is being read.
    private int _at;
    private int _end;
    private bool _isOver;

    /// <summary>The line of the next byte, from 1.</summary>
    internal long Line { get; private set; } = 1;

    /// <summary>The next byte that is not white space, without consuming it; -1 at the end.</summary>
    internal async ValueTask<int> PeekAsync(CancellationToken cancellationToken)
    {
        for (; ; _at++)
        {
            _kept = _at;
            if (_at == _end && !await FillAsync(cancellationToken))
            {
                return -1;
            }

            switch (_buffer[_at])
            {
                case (byte)'\n':
                    Line++;
                    break;
                case (byte)' ' or (byte)'\r' or (byte)'\t' or 0xEF or 0xBB or 0xBF: // The last three are a byte order mark.
                    break;
                default:
                    return _buffer[_at];
            }
        }
    }

    /// <summary>Consumes the byte that was peeked last.</summary>
    internal void Skip() => _at++;

    /// <summary>The first line up to a limit, without consuming it, and whether its end was found.</summary>
    internal async ValueTask<(ReadOnlyMemory<byte> Text, bool IsWhole)> PeekLineAsync(int bytesMax, CancellationToken cancellationToken)
    {
        _kept = _at;
        var searched = 0;
        while (true)
        {
            var end = _buffer.AsSpan(_at + searched, _end - _at - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return (_buffer.AsMemory(_at, searched + end), true);
            }

            searched = _end - _at;
            if (searched > bytesMax)
            {
                return (_buffer.AsMemory(_at, searched), false);
            }

            if (!await FillAsync(cancellationToken))
            {
                return (_buffer.AsMemory(_at, searched), true);
            }
        }
    }

    /// <summary>Reads the rest of the line; null where it exceeds the limit and is skipped.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken)
    {
        _kept = _at;
        var isTooLong = false;
        while (true)
        {
            var end = _buffer.AsSpan(_at, _end - _at).IndexOf((byte)'\n');
            _at = end >= 0 ? _at + end : _end;
            isTooLong |= Forget();
            if (end >= 0 || !await FillAsync(cancellationToken))
            {
                var line = _buffer.AsMemory(_kept, _at - _kept);
                if (end >= 0)
                {
                    _at++;
                    Line++;
                }

                return isTooLong ? null : line;
            }
        }
    }

    /// <summary>Reads the text of the next value; null where it exceeds the limit and is skipped.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>?> ReadValueAsync(CancellationToken cancellationToken)
    {
        _kept = _at;
        var (scan, isTooLong) = (new Scan(), false);
        while (true)
        {
            var isWhole = scan.Over(_buffer.AsSpan(_at, _end - _at), out var used);
            Line += scan.TakeLines();
            _at += used;
            isTooLong |= Forget();
            if (isWhole || !await FillAsync(cancellationToken))
            {
                return !isWhole && !scan.IsScalar
                    ? throw new ArchiveFormatException($"The input ends inside a value (line {Line}). Is it cut off, or is a bracket or quotation mark missing?")
                    : isTooLong ? null : _buffer.AsMemory(_kept, _at - _kept);
            }
        }
    }

    /// <summary>Reads the rest of the input; null where it exceeds the limit.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>?> ReadRestAsync(CancellationToken cancellationToken)
    {
        _kept = _at;
        do
        {
            _at = _end;
            if (_at - _kept > valueBytesMax)
            {
                return null;
            }
        }
        while (await FillAsync(cancellationToken));
        return _buffer.AsMemory(_kept, _at - _kept);
    }

    /// <summary>Drops the kept bytes when they exceed the limit.</summary>
    private bool Forget()
    {
        if (_at - _kept <= valueBytesMax)
        {
            return false;
        }

        _kept = _at;
        return true;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_isOver)
        {
            return false;
        }

        if (_end == _buffer.Length)
        {
            var kept = _buffer.AsSpan(_kept, _end - _kept);
            var target = kept.Length > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
            kept.CopyTo(target);
            (_buffer, _at, _end, _kept) = (target, _at - _kept, kept.Length, 0);
        }

        var read = await input.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        _isOver = read == 0;
        return read > 0;
    }

    /// <summary>The state of the scan over a value. It only counts brackets outside of strings.</summary>
    private struct Scan
    {
        private int _depth;
        private int _lines;
        private bool _begun;
        private bool _inString;
        private bool _isEscaped;

        /// <summary>Whether the value is a number or a word, which may end with the input.</summary>
        internal bool IsScalar { get; private set; }

        internal int TakeLines() => (_lines, _lines = 0).Item1;

        internal bool Over(ReadOnlySpan<byte> text, out int used)
        {
            for (used = 0; used < text.Length; used++)
            {
                var c = text[used];
                _lines += c == (byte)'\n' ? 1 : 0;
                if (_inString)
                {
                    _inString = _isEscaped || c != (byte)'"';
                    _isEscaped = !_isEscaped && c == (byte)'\\';
                    if (!_inString && _depth == 0)
                    {
                        used++;
                        return true;
                    }

                    continue;
                }

                switch (c)
                {
                    case (byte)'"':
                        _inString = true;
                        break;
                    case (byte)'{' or (byte)'[':
                        _depth++;
                        break;
                    case (byte)'}' or (byte)']' when _depth > 0:
                        if (--_depth == 0)
                        {
                            used++;
                            return true;
                        }

                        break;
                    case (byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' when _depth == 0 && _begun:
                        _lines -= c == (byte)'\n' ? 1 : 0;
                        return true;
                    default:
                        IsScalar |= _depth == 0;
                        break;
                }

                _begun = true;
            }

            return false;
        }
    }
}
