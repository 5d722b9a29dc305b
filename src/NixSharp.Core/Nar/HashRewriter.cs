using System.Text;
using NixSharp.Files;

namespace NixSharp.Nar;

/// <summary>
/// A stream that passes on what is written to it with some hash parts of store paths replaced by others of the same
/// length, whatever pieces it comes in.
/// </summary>
internal sealed class HashRewriter : WriteOnlyStream
{
    private readonly Stream _output;
    private readonly (byte[] From, byte[] To)[] _rewrites;
    private readonly List<long> _offsets = [];
    private readonly int _longest;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _used;
    private long _written;

    /// <summary>Writes to <paramref name="output"/>, which stays open.</summary>
    public HashRewriter(Stream output, IReadOnlyDictionary<string, string> rewrites)
    {
        _output = output;
        _rewrites = [.. rewrites.Select(static pair => (Encoding.ASCII.GetBytes(pair.Key), Encoding.ASCII.GetBytes(pair.Value)))];
        _longest = _rewrites.Length == 0 ? 0 : _rewrites.Max(static rewrite => rewrite.From.Length);
    }

    /// <summary>Where in the stream something was replaced, in order.</summary>
    public IReadOnlyList<long> Offsets => _offsets;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _buffer.Length - _used);
            buffer[..count].CopyTo(_buffer.AsSpan(_used));
            _used += count;
            buffer = buffer[count..];
            if (_used == _buffer.Length)
            {
                PassOn(keep: Math.Max(0, _longest - 1));
            }
        }
    }

    /// <summary>Passes on what was held back, because it could have been the beginning of something.</summary>
    public void Complete() => PassOn(keep: 0);

    private void PassOn(int keep)
    {
        var found = new List<long>();
        var safe = Math.Max(0, _used - keep);
        foreach (var (from, to) in _rewrites)
        {
            var start = 0;
            while (_buffer.AsSpan(start, _used - start).IndexOf(from) is >= 0 and var index)
            {
                to.CopyTo(_buffer, start + index);
                found.Add(_written + start + index);
                start += index + from.Length;
                safe = Math.Max(safe, start);
            }
        }

        found.Sort();
        _offsets.AddRange(found);
        _output.Write(_buffer, 0, safe);
        _written += safe;
        _used -= safe;
        Buffer.BlockCopy(_buffer, safe, _buffer, 0, _used);
    }
}
