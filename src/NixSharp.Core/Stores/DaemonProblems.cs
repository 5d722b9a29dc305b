using System.Buffers;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Reads the words in which a daemon says what is wrong with its store.</summary>
internal static class DaemonProblems
{
    private static readonly SearchValues<char> EndsOfPath = SearchValues.Create("'\"/ ,:;");

    /// <summary>The problems among the lines of a verification, which says what it is about to do in lines that end with dots.</summary>
    public static IReadOnlyList<StoreProblem> Read(IEnumerable<string> lines, StoreDirectory directory)
    {
        var problems = lines
            .Where(static line => !line.EndsWith("...", StringComparison.Ordinal))
            .Select(line => new StoreProblem(PathIn(line, directory), line))
            .ToList();
        return problems.Count > 0 ? problems : [new StoreProblem(null, "The daemon found errors and did not say which. Look at its log.")];
    }

    private static StorePath? PathIn(string line, StoreDirectory directory)
    {
        var start = line.IndexOf(directory.Path + "/", StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var end = line.AsSpan(start + directory.Path.Length + 1).IndexOfAny(EndsOfPath);
        return StorePath.TryParse(end < 0 ? line[start..] : line.Substring(start, directory.Path.Length + 1 + end), directory, out var path) ? path : null;
    }
}
