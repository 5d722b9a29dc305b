namespace NixSharp.Files;

/// <summary>Deletes a tree with .NET's own calls.</summary>
internal static class ManagedTreeDeleter
{
    public static void Delete(string rootPath, CancellationToken cancellationToken)
    {
        try
        {
            var root = new DirectoryInfo(rootPath);
            if (!root.Exists || root.LinkTarget is not null)
            {
                DeleteFile(new FileInfo(rootPath));
                return;
            }

            DeleteFolder(root, cancellationToken);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Deleting(rootPath, error);
        }
    }

    private static void DeleteFolder(DirectoryInfo root, CancellationToken cancellationToken)
    {
        var folders = new Stack<DirectoryInfo>();
        var emptied = new Stack<DirectoryInfo>();
        folders.Push(root);
        while (folders.TryPop(out var folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            MakeWritable(folder);
            emptied.Push(folder);
            foreach (var entry in folder.GetFileSystemInfos())
            {
                if (entry is DirectoryInfo child && child.LinkTarget is null)
                {
                    folders.Push(child);
                }
                else
                {
                    DeleteFile(entry);
                }
            }
        }

        while (emptied.TryPop(out var folder))
        {
            folder.Delete();
        }
    }

    private static void DeleteFile(FileSystemInfo file)
    {
        if (OperatingSystem.IsWindows() && file.Exists)
        {
            file.Attributes &= ~FileAttributes.ReadOnly;
        }

        file.Delete();
    }

    private static void MakeWritable(DirectoryInfo folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            folder.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }
    }
}
