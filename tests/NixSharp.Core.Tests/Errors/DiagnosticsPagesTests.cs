using System.Reflection;
using System.Text.RegularExpressions;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Errors;

public sealed class DiagnosticsPagesTests
{
    private static readonly string Folder = Path.Combine(GoldenData.RepositoryRoot, "docs", "diagnostics");

    [Fact]
    public void Every_code_has_a_page_and_every_page_a_code()
    {
        var pages = Directory.EnumerateFiles(Folder, "NIXS*.md").Select(static file => Path.GetFileNameWithoutExtension(file)!);
        Assert.Equal(Codes().Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_two_errors_share_a_code()
    {
        Assert.NotEmpty(Codes());
        Assert.Equal(Codes().Count, Codes().Distinct().Count());
        Assert.All(Codes(), static code => Assert.Matches("^NIXS[1-7][0-9]{3}$", code));
    }

    [Fact]
    public void Every_page_starts_with_its_code_and_says_what_to_do()
    {
        foreach (var code in Codes())
        {
            var page = File.ReadAllText(Path.Combine(Folder, code + ".md"));
            Assert.Matches($"^# {code}: [^\n]+\n", page);
            Assert.True(Regex.Split(page.TrimEnd(), "\n\n").Length >= 4, $"{code}.md lacks a meaning, an example, a reason or advice.");
        }
    }

    [Fact]
    public void The_index_lists_pages_that_exist_in_order()
    {
        var listed = Regex.Matches(File.ReadAllText(Path.Combine(Folder, "README.md")), @"^\| \[(NIXS\d{4})\]\(\1\.md\) \| [^|]+ \|$", RegexOptions.Multiline)
            .Select(static row => row.Groups[1].Value)
            .ToList();
        Assert.NotEmpty(listed);
        Assert.Equal(listed.Distinct().Order(StringComparer.Ordinal), listed);
        Assert.All(listed, static code => Assert.True(File.Exists(Path.Combine(Folder, code + ".md")), $"{code}.md is missing."));
    }

    private static List<string> Codes() =>
        [.. typeof(NixErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Where(static field => field.IsLiteral).Select(static field => (string)field.GetRawConstantValue()!)];
}
