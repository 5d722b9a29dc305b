using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class StoreReferenceGoldenTests
{
    private const string Long = "fea5:23e1:3916:fc24:cb52:2837:2ecb:ea8e";

    private static readonly Dictionary<string, string> ReadOnly = new()
    {
        ["daemon_shorthand"] = "daemon",
        ["local_3_no_percent"] = "local://?root=/foo%20bar/baz",
        ["local_shorthand_1"] = "local://?root=/foo/bar/baz",
        ["local_shorthand_3"] = "local",
        ["local_shorthand_path_unix"] = "local:///foo/bar/baz?trusted=true",
        ["local_shorthand_path_windows"] = "local:///C:/foo/bar/baz?trusted=true",
        ["unix_shorthand"] = "unix://?max-connections=7&trusted=true",
        ["ssh_unbracketed_ipv6_1"] = "ssh://[::1]",
        ["ssh_unbracketed_ipv6_2"] = $"ssh://userinfo@[{Long}]",
        ["ssh_unbracketed_ipv6_3"] = $"ssh://userinfo@[{Long}]?a=b&c=d",
        ["ssh_unbracketed_ipv6_4"] = $"ssh://userinfo@[{Long}%25eth0]?a=b&c=d",
        ["ssh_unbracketed_ipv6_5"] = $"ssh://userinfo@[{Long}%25eth0]?a=b&c=d",
        ["ssh_unbracketed_ipv6_6"] = $"ssh://userinfo@[{Long}%2525]?a=b&c=d",
        ["ssh_unbracketed_ipv6_7"] = $"ssh://userinfo@[{Long}%25eth0]?a=b&c=d",
        ["ssh_unbracketed_ipv6_8"] = $"ssh://[{Long}%25eth0]?a=b&c=d",
        ["ssh_unbracketed_ipv6_9"] = $"ssh://[{Long}%25eth0]",
    };

    [RequiresFact(Requirements.Golden)]
    public void Every_URI_that_Nix_tests_is_read_and_printed_as_Nix_prints_it()
    {
        var files = Directory.GetFiles(GoldenData.PathOf("nixos-nix/src/libstore-tests/data/store-reference"), "*.txt");
        Assert.InRange(files.Length, 23, int.MaxValue);
        foreach (var file in files)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (name.EndsWith("windows", StringComparison.Ordinal) && !OperatingSystem.IsWindows())
            {
                continue;
            }

            var text = File.ReadAllText(file);
            var reference = StoreReference.Parse(text);
            Assert.Equal(ReadOnly.GetValueOrDefault(name, text), reference.ToString());
            Assert.Equal(reference, StoreReference.Parse(reference.ToString()));
        }
    }
}
