namespace NixSharp.Files;

/// <summary>Trees that appear at their path whole or not at all.</summary>
internal static class StagedTree
{
    /// <summary>Has <paramref name="write"/> fill a tree beside <paramref name="path"/>, where nothing may be, and moves it there.</summary>
    public static T Write<T>(string path, Func<IFileTreeSink, T> write)
    {
        var target = FileTree.ToFullPath(path);
        if (FileTree.Exists(target))
        {
            throw FileErrors.Occupied(target);
        }

        var staging = Path.Combine(Path.GetDirectoryName(target) ?? target, $".tmp-{Guid.NewGuid():N}");
        try
        {
            T result;
            using (var writer = new TreeWriter(staging))
            {
                result = write(writer);
            }

            FileTree.Sync(staging);
            FileTree.Move(staging, target);
            return result;
        }
        finally
        {
            FileTree.Delete(staging);
        }
    }
}
