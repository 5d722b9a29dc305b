using NixSharp.Derivations;

namespace NixSharp.Files;

/// <summary>
/// Refuses folders in which two names differ only in case. File systems that do not tell those apart would lose one of
/// them; Nix on macOS renames it there to <c>NAME~nix~case~hack~1</c>, which changes what the tree is.
/// </summary>
internal sealed class CaseCollisionSink(IFileTreeSink inner) : IFileTreeSink
{
    private readonly Stack<Dictionary<string, string>> _open = new();

    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        Check(name);
        _open.Push(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase));
        inner.BeginDirectory(name);
    }

    public void EndDirectory()
    {
        _open.Pop();
        inner.EndDirectory();
    }

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        Check(name);
        inner.AddFile(name, executable, size, contents);
    }

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        Check(name);
        inner.AddSymlink(name, target);
    }

    private void Check(ReadOnlySpan<byte> name)
    {
        var text = ByteText.FromBytes(name);
        if (_open.TryPeek(out var names) && !names.TryAdd(text, text))
        {
            throw new NixFormatException(
                NixErrorCodes.CaseCollision,
                $"'{names[text]}' and '{text}' are in one folder and differ only in case, which the file system here may not tell apart. Unpack on a file system that does.");
        }
    }
}
