using NixSharp.Files;

namespace NixSharp.Stores.Caches;

/// <summary>Reaches a cache's files by their paths, where the system has no calls that do better.</summary>
internal sealed class ManagedCacheFolder(string root) : CacheFolder(root)
{
    public override FileStream? Open(string name) => SizeOf(name) is null
        ? null
        : Try(name, path => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0), FileErrors.Reading);

    public override long? SizeOf(string name)
    {
        RefuseLinks(name);
        return Try<long?>(
            name,
            path => new FileInfo(path) switch
            {
                { LinkTarget: not null } => throw NotPlain(name),
                { Exists: true } file => file.Length,
                _ => Directory.Exists(path) ? throw NotPlain(name) : null,
            },
            FileErrors.Reading);
    }

    public override void Place(string staged, string name)
    {
        RefuseLinks(name);
        Try(
            name,
            path =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Move(PathOf(staged), path, overwrite: true);
                return true;
            },
            FileErrors.Writing);
    }

    public override void Discard(string staged) => File.Delete(PathOf(staged));

    public override void Dispose()
    {
    }

    protected override FileStream Create(string staged) =>
        Try($"{Staging}/{staged}", static path => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete), FileErrors.Writing);

    private string PathOf(string staged) => Path.Combine(Root, Staging, staged);

    private void RefuseLinks(string name)
    {
        for (var folder = Split(name).Folder; folder.Length > 0; folder = Split(folder).Folder)
        {
            if (new FileInfo(Path.Combine(Root, folder)).LinkTarget is not null)
            {
                throw NotPlain(name);
            }
        }
    }

    private T Try<T>(string name, Func<string, T> action, Func<string, Exception, NixFileException> wrap)
    {
        var path = Path.Combine(Root, name);
        try
        {
            return action(path);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw wrap(path, error);
        }
    }
}
