namespace NixSharp.Processes;

/// <summary>Looks programs up on PATH only: never in the current folder, where strangers may have put one.</summary>
internal static class ProgramSearch
{
    private static readonly string[] Extensions = OperatingSystem.IsWindows() ? ["", ".exe", ".cmd"] : [""];

    public static string? Find(string program, string? searchPath)
    {
        if (program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || program.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(program) ? Path.GetFullPath(program) : null;
        }

        var folders = (searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return (
            from folder in folders
            where Path.IsPathFullyQualified(folder)
            from extension in Extensions
            let path = Path.Combine(folder, program + extension)
            where IsExecutable(path)
            select path).FirstOrDefault();
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path) &&
        (OperatingSystem.IsWindows() ||
            (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
