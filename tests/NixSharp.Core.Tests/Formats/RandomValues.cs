using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Core.Tests.Formats;

/// <summary>Makes values of Nix's formats out of numbers: the same number, the same values.</summary>
internal sealed class RandomValues(int seed)
{
    private const string NameCharacters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._?=";
    private static readonly string[] Pieces = ["a", "\"", "\\", "\n", "\r", "\t", "\0", "\u007f", "é", "\u2028", "𝒳", "$out", "/nix/store/", " ", "\udc80", "\udcff", "{", "]"];

    private readonly Random _random = new(seed);

    public int Next(int limit) => _random.Next(limit);

    public bool Coin() => _random.Next(2) == 0;

    public T Pick<T>(params ReadOnlySpan<T> items) => items[_random.Next(items.Length)];

    /// <summary>A string as derivations may hold it, bytes that are not UTF-8 included.</summary>
    public string Text() => string.Concat(_random.GetItems(Pieces, _random.Next(8)));

    /// <summary>A string that JSON and lines can hold.</summary>
    public string Plain() => string.Concat(_random.GetItems<char>("abc XYZ.,\"\\é", _random.Next(12)));

    public string Name(string suffix = "")
    {
        var first = _random.GetItems<char>("abcXYZ019_", 1);
        return string.Concat([.. first, .. _random.GetItems<char>(NameCharacters, _random.Next(20))]) + suffix;
    }

    public NixHash Hash(NixHashAlgorithm? algorithm = null)
    {
        var chosen = algorithm ?? Pick(Enum.GetValues<NixHashAlgorithm>());
        var digest = new byte[chosen.GetDigestSize()];
        _random.NextBytes(digest);
        return new NixHash(chosen, digest);
    }

    public StorePath Path(string suffix = "")
    {
        var digest = new byte[20];
        _random.NextBytes(digest);
        return StorePath.ParseBaseName($"{Nix32.Encode(digest)}-{Name(suffix)}");
    }

    public IReadOnlyList<T> Some<T>(Func<T> make, int most = 4) => [.. Enumerable.Range(0, _random.Next(most + 1)).Select(_ => make())];

    public IReadOnlyList<StorePath> Paths() => [.. Some(() => Path()).Distinct().Order()];

    public ContentAddress Address() => Pick(Enum.GetValues<ContentAddressMethod>()) switch
    {
        ContentAddressMethod.Text => ContentAddress.Text(Hash(NixHashAlgorithm.Sha256)),
        ContentAddressMethod.Git => ContentAddress.Of(ContentAddressMethod.Git, Hash(Pick(NixHashAlgorithm.Sha1, NixHashAlgorithm.Sha256))),
        var method => ContentAddress.Of(method, Hash()),
    };

    public OutputsSpec Outputs() => Coin() ? OutputsSpec.All : OutputsSpec.Of(Name(), Name());

    public DerivedPath Derived(bool single = false)
    {
        DerivedPath path = DerivedPath.Of(Path(".drv"));
        for (var depth = _random.Next(4); depth > 0; depth--)
        {
            path = new DerivedPath.Built(path, depth == 1 && !single ? Outputs() : OutputsSpec.Of(Name()));
        }

        return path;
    }

    public string Signature() => $"{Pick("key", "cache.example-1")}:{Convert.ToBase64String(Hash(NixHashAlgorithm.Sha512).Digest)}";

    public Derivation Derivation()
    {
        var name = Name();
        DerivationOutput output = _random.Next(5) switch
        {
            0 => new DerivationOutput.Fixed(Address()),
            1 => new DerivationOutput.Floating(Pick(ContentAddressMethod.Flat, ContentAddressMethod.Nar, ContentAddressMethod.Text, ContentAddressMethod.Git), Pick(NixHashAlgorithm.Sha1, NixHashAlgorithm.Sha256)),
            2 => new DerivationOutput.Impure(Pick(ContentAddressMethod.Flat, ContentAddressMethod.Nar), NixHashAlgorithm.Sha256),
            3 => new DerivationOutput.Deferred(),
            _ => new DerivationOutput.InputAddressed(Path()),
        };
        var environment = Map(Text, Text);
        if (Coin())
        {
            environment[StructuredAttributes.Variable] = StructuredAttributes.From(new JObject { [Plain()] = Plain(), ["n"] = new JArray(1, 2.5, true, JValue.CreateNull()) }).Text;
        }

        return new Derivation
        {
            Name = name,
            Outputs = output is DerivationOutput.Fixed
                ? new Dictionary<string, DerivationOutput> { ["out"] = output }
                : Map(() => Name(), () => output is DerivationOutput.InputAddressed ? new DerivationOutput.InputAddressed(Path()) : output, least: 1),
            InputSources = Paths(),
            InputDerivations = Some(() => Path(".drv")).Distinct().ToDictionary(static path => path, _ => Input(0)),
            System = Plain(),
            Builder = Text(),
            Arguments = Some(Text),
            Environment = environment,
        };
    }

    public PathInfo Info() => new()
    {
        Path = Path(),
        NarHash = Hash(NixHashAlgorithm.Sha256),
        NarSize = _random.NextInt64(long.MaxValue),
        References = Paths(),
        Deriver = Coin() ? Path(".drv") : null,
        RegistrationTime = DateTimeOffset.FromUnixTimeSeconds(_random.Next(1, int.MaxValue)),
        Ultimate = Coin(),
        Signatures = Some(Signature),
        ContentAddress = Coin() ? Address() : null,
    };

    public Realisation Realisation() => new()
    {
        Id = new DerivationOutputId(Hash(NixHashAlgorithm.Sha256), Name()),
        OutputPath = Path(),
        Signatures = Some(Signature),
        DependentRealisations = Some(() => new DerivationOutputId(Hash(NixHashAlgorithm.Sha256), Name())).ToDictionary(static id => id, _ => Path()),
    };

    public BuildResult Result(DerivedPath path)
    {
        var status = Pick(Enum.GetValues<BuildStatus>());
        var result = new BuildResult
        {
            Path = path,
            Status = status,
            TimesBuilt = _random.Next(9),
            StartTime = DateTimeOffset.FromUnixTimeSeconds(_random.Next()),
            StopTime = DateTimeOffset.FromUnixTimeSeconds(_random.Next()),
            CpuUser = Coin() ? TimeSpan.FromMicroseconds(_random.Next()) : null,
            CpuSystem = Coin() ? TimeSpan.FromMicroseconds(_random.Next()) : null,
        };
        return result.IsSuccess
            ? result with { BuiltOutputs = Some(Realisation).ToDictionary(static realisation => realisation.Id.OutputName) }
            : result with { ErrorMessage = Plain(), IsNonDeterministic = Coin() };
    }

    public BuildMachine Machine() => new()
    {
        Store = StoreReference.Parse(Pick("ssh-ng://user@host:22?compress=true", "ssh://a", "auto", "daemon", "local?root=/x%20y", "unix:///run/socket")),
        Systems = [.. Some(() => Pick("x86_64-linux", "i686-linux", "aarch64-darwin")).Distinct()],
        SshKey = Coin() ? $"/keys/{Name()}" : null,
        MaxJobs = _random.Next(100),
        SpeedFactor = Pick(1, 0.25, 3, 1e9),
        SupportedFeatures = [.. Some(() => Name()).Distinct()],
        MandatoryFeatures = [.. Some(() => Name()).Distinct()],
        PublicHostKey = Coin() ? Convert.ToBase64String(Hash().Digest) : null,
    };

    private DerivationInput Input(int depth) => new()
    {
        Outputs = [.. Some(() => Name()).Distinct().Order(ByteText.Comparer)],
        DynamicOutputs = depth < 3 && _random.Next(4) == 0 ? Map(() => Name(), () => Input(depth + 1)) : new Dictionary<string, DerivationInput>(),
    };

    private Dictionary<string, T> Map<T>(Func<string> key, Func<T> value, int least = 0)
    {
        var map = new Dictionary<string, T>();
        for (var count = _random.Next(least, 5); count > 0; count--)
        {
            map[key()] = value();
        }

        return map;
    }
}
