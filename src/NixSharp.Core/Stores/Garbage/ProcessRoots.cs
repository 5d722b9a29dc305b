using System.Text.RegularExpressions;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Garbage;

/// <summary>The store paths that running processes use, by what <c>/proc</c> shows of them.</summary>
internal static class ProcessRoots
{
    private const int MaxEnvironmentSize = 4 * 1024 * 1024;

    /// <summary>Where Linux is told which programs to run.</summary>
    private static readonly string[] KernelPrograms = ["/proc/sys/kernel/modprobe", "/proc/sys/kernel/fbsplash", "/proc/sys/kernel/poweroff_cmd"];

    public static void Find(StoreLayout layout, List<GcRoot> roots, CancellationToken cancellationToken)
    {
        var pattern = new Regex(
            $"{Regex.Escape(layout.RealStore)}/([0-9a-z]{{32}}-[0-9a-zA-Z+._?=-]+)|{Regex.Escape(layout.Directory.Path)}/([0-9a-z]{{32}}-[0-9a-zA-Z+._?=-]+)",
            RegexOptions.CultureInvariant);
        foreach (var file in KernelPrograms)
        {
            Add(Try(() => File.ReadAllText(file)), file);
        }

        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!int.TryParse(Path.GetFileName(process), out var id))
            {
                continue;
            }

            foreach (var text in Describe(process))
            {
                Add(text, $"running process {id}");
            }
        }

        void Add(string text, string source)
        {
            foreach (Match match in pattern.Matches(text))
            {
                var name = match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value;
                if (StorePath.TryParseBaseName(name, layout.Directory, out var path))
                {
                    roots.Add(new GcRoot(path, source));
                }
            }
        }
    }

    /// <summary>What a process may keep alive. Processes end, and those of other users hide, while this looks at them.</summary>
    private static IEnumerable<string> Describe(string process)
    {
        foreach (var link in (string[])["exe", "cwd"])
        {
            yield return Try(() => new FileInfo(Path.Combine(process, link)).LinkTarget);
        }

        foreach (var descriptor in TryList(Path.Combine(process, "fd")))
        {
            yield return Try(() => new FileInfo(descriptor).LinkTarget);
        }

        yield return Try(() => File.ReadAllText(Path.Combine(process, "maps")));
        yield return Try(() => ReadStart(Path.Combine(process, "environ")));
    }

    private static string[] TryList(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Try(Func<string?> read)
    {
        try
        {
            return read() ?? "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string ReadStart(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 4096);
        var buffer = new byte[MaxEnvironmentSize];
        var count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, count);
    }
}
