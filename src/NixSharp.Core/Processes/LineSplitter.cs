using System.Text;

namespace NixSharp.Processes;

/// <summary>Cuts bytes into lines as they come; a line without end is cut where it gets too long to keep.</summary>
internal sealed class LineSplitter(Action<string> onLine, int maxLength = LineSplitter.MaxLineLength)
{
    internal const int MaxLineLength = 16 * 1024;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();
    private char[] _characters = [];

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Decode(bytes, flush: false);
    }

    /// <summary>Gives out what is left after the last line end.</summary>
    public void Complete()
    {
        Decode([], flush: true);
        if (_line.Length > 0)
        {
            Flush();
        }
    }

    private void Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        var needed = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        if (_characters.Length < needed)
        {
            _characters = new char[needed];
        }

        var count = _decoder.GetChars(bytes, _characters, flush);
        foreach (var character in _characters.AsSpan(0, count))
        {
            if (character == '\n')
            {
                Flush();
                continue;
            }

            _line.Append(character);
            if (_line.Length == maxLength)
            {
                Flush();
            }
        }
    }

    private void Flush()
    {
        var line = _line.ToString().TrimEnd('\r');
        _line.Clear();
        onLine(TerminalText.Strip(line));
    }
}
