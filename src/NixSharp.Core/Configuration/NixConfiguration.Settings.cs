using System.Runtime.InteropServices;

namespace NixSharp.Configuration;

public sealed partial class NixConfiguration
{
    private const string PublicCache = "https://cache.nixos.org/";
    private const string PublicCacheKey = "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";

    /// <summary><c>store</c>: the URI of the store that is used where none is named.</summary>
    public string Store => GetText("store") ?? "auto";

    /// <summary><c>substituters</c>: URIs of the stores that paths are fetched from.</summary>
    public IReadOnlyList<string> Substituters => GetList("substituters", PublicCache);

    /// <summary><c>trusted-substituters</c>: URIs of stores that users who are not trusted may ask for.</summary>
    public IReadOnlyList<string> TrustedSubstituters => GetList("trusted-substituters");

    /// <summary><c>substitute</c>: whether paths are fetched at all.</summary>
    public bool Substitute => GetBoolean("substitute", true);

    /// <summary><c>trusted-public-keys</c>: whose signatures count, <c>name:base64</c> each.</summary>
    public IReadOnlyList<string> TrustedPublicKeys => GetList("trusted-public-keys", PublicCacheKey);

    /// <summary><c>require-sigs</c>: whether what is fetched needs a signature, or must prove itself.</summary>
    public bool RequireSignatures => GetBoolean("require-sigs", true);

    /// <summary><c>secret-key-files</c>: the files of the keys that sign what is built.</summary>
    public IReadOnlyList<string> SecretKeyFiles => GetList("secret-key-files");

    /// <summary><c>netrc-file</c>: where user names and passwords for web servers are.</summary>
    public string NetrcFile => GetText("netrc-file") ?? $"{Environment.GetEnvironmentVariable("NIX_CONF_DIR") ?? "/etc/nix"}/netrc";

    /// <summary><c>narinfo-cache-positive-ttl</c>: how long it is remembered that a cache has a path.</summary>
    public TimeSpan PositiveLookupLifetime => GetSeconds("narinfo-cache-positive-ttl", TimeSpan.FromDays(30));

    /// <summary><c>narinfo-cache-negative-ttl</c>: how long it is remembered that a cache has a path not.</summary>
    public TimeSpan NegativeLookupLifetime => GetSeconds("narinfo-cache-negative-ttl", TimeSpan.FromHours(1));

    /// <summary><c>http-connections</c>: the most connections to web servers at once; null means no limit.</summary>
    public int? HttpConnections => GetNumber("http-connections", 25) is var count and > 0 ? (int)Math.Min(count, int.MaxValue) : null;

    /// <summary><c>max-jobs</c>: how many derivations are built at once on this machine; <c>auto</c> means one a processor.</summary>
    public int MaxJobs => GetText("max-jobs") == "auto" ? Environment.ProcessorCount : (int)Math.Min(GetNumber("max-jobs", 1), int.MaxValue);

    /// <summary><c>cores</c>: how many processors one build may use (<c>NIX_BUILD_CORES</c>); 0 means all.</summary>
    public int Cores => (int)Math.Min(GetNumber("cores", 0), int.MaxValue);

    /// <summary><c>system</c>: what this machine is, such as <c>x86_64-linux</c>.</summary>
    public string System => GetText("system") ?? ThisSystem;

    /// <summary><c>extra-platforms</c>: other systems that this machine builds for.</summary>
    public IReadOnlyList<string> ExtraPlatforms => GetList("extra-platforms");

    /// <summary><c>system-features</c>: what this machine offers to builds, such as <c>kvm</c>.</summary>
    public IReadOnlyList<string> SystemFeatures => GetList("system-features", "nixos-test", "benchmark", "big-parallel");

    /// <summary><c>builders</c>: other machines that build; see <see cref="Stores.BuildMachine"/>.</summary>
    public string Builders => GetText("builders") ?? $"@{Environment.GetEnvironmentVariable("NIX_CONF_DIR") ?? "/etc/nix"}/machines";

    /// <summary><c>keep-outputs</c>: whether the collector keeps outputs of derivations that it keeps.</summary>
    public bool KeepOutputs => GetBoolean("keep-outputs", false);

    /// <summary><c>keep-derivations</c>: whether the collector keeps derivations of paths that it keeps.</summary>
    public bool KeepDerivations => GetBoolean("keep-derivations", true);

    /// <summary><c>auto-optimise-store</c>: whether equal files are linked together as they are added.</summary>
    public bool AutoOptimiseStore => GetBoolean("auto-optimise-store", false);

    /// <summary><c>fsync-metadata</c>: whether what is added is on disk before it becomes valid.</summary>
    public bool SyncMetadata => GetBoolean("fsync-metadata", true);

    /// <summary><c>timeout</c>: how long a build may take; null means as long as it likes.</summary>
    public TimeSpan? BuildTimeout => GetSeconds("timeout", TimeSpan.Zero) is var time && time > TimeSpan.Zero ? time : null;

    /// <summary><c>max-silent-time</c>: how long a build may print nothing; null means as long as it likes.</summary>
    public TimeSpan? MaxSilentTime => GetSeconds("max-silent-time", TimeSpan.Zero) is var time && time > TimeSpan.Zero ? time : null;

    /// <summary><c>trusted-users</c>: who may do everything with a daemon; <c>@</c> stands before groups.</summary>
    public IReadOnlyList<string> TrustedUsers => GetList("trusted-users", "root");

    /// <summary><c>allowed-users</c>: who may use a daemon; <c>*</c> is everybody.</summary>
    public IReadOnlyList<string> AllowedUsers => GetList("allowed-users", "*");

    /// <summary><c>experimental-features</c>: what else is switched on.</summary>
    public IReadOnlyList<string> ExperimentalFeatures => GetList("experimental-features");

    /// <summary>What Nix calls the machine that this process runs on.</summary>
    public static string ThisSystem { get; } = $"{RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.X86 => "i686",
        Architecture.Arm64 => "aarch64",
        Architecture.Arm => "armv7l",
        Architecture.Ppc64le => "powerpc64le",
        var other => other.ToString().ToLowerInvariant(),
    }}-{(OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsFreeBSD() ? "freebsd" : OperatingSystem.IsWindows() ? "windows" : "linux")}";

    private TimeSpan GetSeconds(string name, TimeSpan defaults) =>
        TimeSpan.FromSeconds(Math.Min(GetNumber(name, (long)defaults.TotalSeconds), (long)TimeSpan.MaxValue.TotalSeconds));
}
