using System.Buffers.Binary;
using NixSharp.Files;

namespace NixSharp.Nar;

/// <summary>
/// Reads one NAR and refuses everything that isn't canonical: bad names, wrong order, padding that isn't zero, words
/// in another place. Reads exactly the NAR's bytes; give it a buffered stream.
/// </summary>
public sealed class NarReader
{
    // Below that, reading on is as fast.
    private const int MinSeek = 64 * 1024;

    private readonly Stream _input;
    private readonly byte[] _word = new byte[NarFormat.MaxTargetLength + NarFormat.WordSize];

    private NarReader(Stream input)
    {
        _input = input;
    }

    /// <summary>How many bytes of the NAR were read so far.</summary>
    internal long Position { get; set; }

    /// <summary>Feeds the NAR that <paramref name="input"/> starts with to <paramref name="sink"/>.</summary>
    /// <returns>The NAR's size in bytes. What follows it in the stream stays unread.</returns>
    /// <exception cref="NixFormatException">The bytes are no canonical NAR. The sink may have seen a part of it.</exception>
    public static long Read(Stream input, IFileTreeSink sink, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(sink);
        var reader = new NarReader(input);
        try
        {
            reader.Expect("nix-archive-1"u8);
            reader.ReadTree(sink, cancellationToken);
        }
        catch (EndOfStreamException error)
        {
            throw new NixFormatException(NixErrorCodes.InvalidNar, "The NAR is cut off: it ends in the middle. Get it again from where it came from.", reader.Position, error);
        }

        return reader.Position;
    }

    internal int ReadContents(Span<byte> buffer)
    {
        var count = _input.Read(buffer);
        Position += count;
        return count;
    }

    /// <summary>Passes over contents that nobody wants, where the input can seek and they are there.</summary>
    internal bool TrySkip(long count)
    {
        if (count < MinSeek || !_input.CanSeek || _input.Length - _input.Position < count)
        {
            return false;
        }

        _input.Seek(count, SeekOrigin.Current);
        Position += count;
        return true;
    }

    internal NixFormatException Invalid(string why) =>
        new(NixErrorCodes.InvalidNar, $"This is not a NAR: {why}. Get it again from where it came from.", Position);

    private void ReadTree(IFileTreeSink sink, CancellationToken cancellationToken)
    {
        // One element per open folder: the name that was read last in it.
        var open = new Stack<byte[]>();
        ReadNode(sink, [], open);
        while (open.TryPop(out var previous))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var word = ReadWord();
            if (word.SequenceEqual(")"u8))
            {
                sink.EndDirectory();
                if (open.Count > 0)
                {
                    Expect(")"u8);
                }

                continue;
            }

            if (!word.SequenceEqual("entry"u8))
            {
                throw Invalid("a folder's entry or end should stand here");
            }

            Expect("("u8);
            Expect("name"u8);
            var name = ReadWord(NarFormat.MaxNameLength).ToArray();
            if (NarFormat.WhyNotName(name) is { } why)
            {
                throw Invalid(why);
            }

            if (previous.AsSpan().SequenceCompareTo(name) >= 0)
            {
                throw Invalid("the names in a folder are not in order, or one is there twice");
            }

            Expect("node"u8);
            open.Push(name);
            var depth = open.Count;
            ReadNode(sink, name, open);
            if (open.Count == depth)
            {
                Expect(")"u8);
            }
        }
    }

    /// <summary>Reads a node up to its end, or, for a folder, up to its first entry.</summary>
    private void ReadNode(IFileTreeSink sink, ReadOnlySpan<byte> name, Stack<byte[]> open)
    {
        Expect("("u8);
        Expect("type"u8);
        var type = ReadWord();
        if (type.SequenceEqual("directory"u8))
        {
            if (open.Count >= NarFormat.MaxDepth)
            {
                throw Invalid($"folders are nested more than {NarFormat.MaxDepth} deep");
            }

            sink.BeginDirectory(name);
            open.Push([]);
            return;
        }

        if (type.SequenceEqual("regular"u8))
        {
            ReadFile(sink, name);
        }
        else if (type.SequenceEqual("symlink"u8))
        {
            Expect("target"u8);
            var target = ReadWord(NarFormat.MaxTargetLength);
            if (target.IsEmpty || target.Contains((byte)0))
            {
                throw Invalid("a symlink's target is empty or contains NUL");
            }

            sink.AddSymlink(name, target);
        }
        else
        {
            throw Invalid("a node is neither regular, symlink nor directory");
        }

        Expect(")"u8);
    }

    private void ReadFile(IFileTreeSink sink, ReadOnlySpan<byte> name)
    {
        var word = ReadWord();
        var executable = word.SequenceEqual("executable"u8);
        if (executable)
        {
            Expect(""u8);
            word = ReadWord();
        }

        if (!word.SequenceEqual("contents"u8))
        {
            throw Invalid("'executable' or 'contents' should stand here");
        }

        var size = ReadLength();
        using var contents = new NarFileContents(this, size);
        sink.AddFile(name, executable, size, contents);
        contents.SkipRest();
        ReadPadding(size);
    }

    private void Expect(ReadOnlySpan<byte> expected)
    {
        if (!ReadWord().SequenceEqual(expected))
        {
            throw Invalid($"'{System.Text.Encoding.ASCII.GetString(expected)}' should stand here");
        }
    }

    private ReadOnlySpan<byte> ReadWord(int limit = 16)
    {
        var length = ReadLength();
        if (length > limit)
        {
            throw Invalid($"a word of {length} bytes stands where at most {limit} fit");
        }

        var bytes = _word.AsSpan(0, (int)length);
        ReadExactly(bytes);
        ReadPadding(length);
        return bytes;
    }

    private long ReadLength()
    {
        Span<byte> word = stackalloc byte[NarFormat.WordSize];
        ReadExactly(word);
        var length = BinaryPrimitives.ReadInt64LittleEndian(word);
        return length >= 0 ? length : throw Invalid("a length has its top bit set");
    }

    private void ReadPadding(long length)
    {
        Span<byte> padding = stackalloc byte[NarFormat.PaddingOf(length)];
        ReadExactly(padding);
        if (padding.ContainsAnyExcept((byte)0))
        {
            throw Invalid("padding is not zero");
        }
    }

    private void ReadExactly(Span<byte> buffer)
    {
        _input.ReadExactly(buffer);
        Position += buffer.Length;
    }
}
