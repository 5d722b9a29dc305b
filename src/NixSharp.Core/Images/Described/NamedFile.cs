using NixSharp.Images.Layouts;

namespace NixSharp.Images.Described;

/// <summary>One file of this machine under the name that a reader of layouts asks for.</summary>
internal sealed class NamedFile(string name, string path) : ImageFiles
{
    public override string Location => path;

    public override Stream? TryOpen(string requested, out long size)
    {
        size = 0;
        if (requested != name || !File.Exists(path))
        {
            return null;
        }

        var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        size = file.Length;
        return file;
    }

    public override void Dispose()
    {
        // The file is opened when it is read.
    }
}
