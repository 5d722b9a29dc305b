using System.Globalization;
using NixSharp.Stores;

namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>The command lines that the containers run.</summary>
internal static class CsiArguments
{
    public const string NodeVariable = "NODE_NAME";

    public static IReadOnlyList<string> Serve(CsiManifestOptions options)
    {
        List<string> arguments =
        [
            "csi",
            "serve",
            "--store", options.Store ?? $"{options.StateFolder}/root",
            "--endpoint", "unix:///csi/csi.sock",
            "--driver-name", options.DriverName,
            "--node-id", $"$({NodeVariable})",
            "--state", $"{options.StateFolder}/csi",
        ];
        if (options.MetricsPort is { } port)
        {
            arguments.AddRange(["--metrics-port", port.ToString(CultureInfo.InvariantCulture)]);
        }

        AddAll("--substituter", CsiNames.CacheUri(options) is { } cache ? [cache, .. options.Substituters] : options.Substituters);
        AddAll("--trusted-public-key", options.TrustedPublicKeys);
        AddIf(options.Policy.StorePathsOnly, "--store-paths-only");
        AddIf(options.Policy.SignedOnly, "--signed-only");
        AddAll("--allowed-substituter", options.Policy.AllowedSubstituters);
        if (options.Policy.MaxClosureSize is { } size)
        {
            arguments.AddRange(["--max-closure-size", size.ToString(CultureInfo.InvariantCulture)]);
        }

        if ((options.CacheUri ?? CsiNames.CacheUri(options)) is { } uri)
        {
            arguments.AddRange(["--cache", uri]);
            AddAll("--cache-key-file", options.SigningKeySecret is null ? [] : [$"{CsiNames.SigningKeyFolder}/{CsiNames.SigningKey}"]);
        }

        if (options.Builders.Count > 0)
        {
            arguments.AddRange(["--builders", $"@{CsiNames.BuildersFolder}/machines"]);
        }

        return [.. arguments, .. options.ExtraArguments];

        void AddIf(bool condition, string argument)
        {
            if (condition)
            {
                arguments.Add(argument);
            }
        }

        void AddAll(string option, IReadOnlyList<string> values)
        {
            foreach (var value in values)
            {
                arguments.AddRange([option, value]);
            }
        }
    }

    /// <summary>Keeps the files of the build cluster as the cluster is.</summary>
    public static IReadOnlyList<string> WriteBuilders(CsiManifestOptions options) =>
    [
        "builders",
        "write",
        CsiNames.BuildersFolder,
        .. options.Builders.SelectMany(builder => (string[])["--service", ServiceLine(builder)]),
        "--host-key-file", $"{CsiNames.ClientKeyFolder}-host/ssh_host_ed25519_key.pub",
        "--every", "30",
    ];

    /// <summary>What the line of each builder is made from: that of a machine, with the service in place of the host.</summary>
    private static string ServiceLine(CsiBuilderOptions builder) => new BuildMachine
    {
        Store = StoreReference.Parse($"ssh-ng://root@{builder.ServiceName}?trusted=1"),
        Systems = [builder.System],
        SshKey = $"{CsiNames.ClientKeyFolder}/id_ed25519",
        MaxJobs = builder.MaxJobs,
        SupportedFeatures = builder.SupportedFeatures,
    }.ToString();
}
