using System.Security.Cryptography;
using NixSharp.Files;

namespace NixSharp.Core.Tests.Files;

/// <summary>Writes down the calls that a sink gets, one line each.</summary>
internal sealed class TreeRecorder : IFileTreeSink
{
    public List<string> Lines { get; } = [];

    public void BeginDirectory(ReadOnlySpan<byte> name) => Lines.Add($"folder {Convert.ToHexStringLower(name)}");

    public void EndDirectory() => Lines.Add("end");

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents) =>
        Lines.Add($"file {Convert.ToHexStringLower(name)} {executable} {size} {Convert.ToHexStringLower(SHA256.HashData(contents))}");

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) =>
        Lines.Add($"symlink {Convert.ToHexStringLower(name)} {Convert.ToHexStringLower(target)}");

    public static List<string> Record(string path)
    {
        var recorder = new TreeRecorder();
        FileTree.Read(path, recorder);
        return recorder.Lines;
    }
}
