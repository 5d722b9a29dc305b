using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Images.Oci;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.SupplyChain;
using NixSharp.SupplyChain.Bills;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.SupplyChain;

public sealed class BillTests : IAsyncLifetime, IDisposable
{
    private static readonly NixHash SourceHash = NixHash.Compute(NixHashAlgorithm.Sha256, "source"u8);
    private static readonly ImageSubject Image = new("quay.io/acme/hello", OciDigest.Compute("manifest"u8));

    private readonly TemporaryFolder _folder = new();
    private LocalStore _store = null!;
    private StorePath _library;
    private StorePath _application;
    private StorePath _derivation;
    private BillOfMaterials _bill = null!;

    public async Task InitializeAsync()
    {
        _store = LocalStore.Open(_folder["store"]);
        var download = new DerivationBuilder
        {
            Name = "hello-2.12.tar.gz",
            System = "builtin",
            Builder = "builtin:fetchurl",
            Output = new DerivationOutput.Fixed(ContentAddress.Fixed(FileIngestionMethod.Flat, SourceHash)),
            Environment = new Dictionary<string, string> { ["url"] = "https://example.org/hello-2.12.tar.gz", ["urls"] = "javascript:alert(1) mirror://gnu/hello-2.12.tar.gz" },
        }.Build();
        var build = new DerivationBuilder { Name = "hello-2.12", System = "x86_64-linux", Builder = "/bin/sh" }
            .WithVariable("pname", "hello")
            .WithVariable("version", "2.12")
            .WithInput(download)
            .Build();
        _derivation = await build.AddToAsync(_store);
        _library = await _store.AddTextAsync("libgreet-1.0", "library", []);
        var other = await _store.AddTextAsync("tool+x_y-dev", "tool", [_library]);
        _application = await _store.AddTextAsync("hello-2.12-dev", $"{_library} {other}", [_library, other]);
        var closure = await _store.GetClosureAsync(_application);
        _bill = await BillOfMaterials.CreateAsync(closure);
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_component_without_a_derivation_is_known_by_its_path()
    {
        var library = _bill.Components.Single(component => component.Path == _library);
        Assert.Equal(("libgreet", "1.0", "out", "pkg:nix/libgreet@1.0"), (library.Package.Name, library.Package.Version, library.Output, library.PackageUrl));
        Assert.Empty(library.Dependencies);
        Assert.Empty(library.Sources);
        Assert.Null(library.DeriverHash);
    }

    [Fact]
    public async Task A_component_with_a_derivation_tells_its_output_and_what_was_downloaded()
    {
        var info = (await _store.GetClosureAsync(_application))[_application] with { Deriver = _derivation };
        var component = await new ComponentReader(_store).ReadAsync(info, default);
        Assert.Equal(("hello", "2.12", "dev", "pkg:nix/hello@2.12?output=dev"), (component.Package.Name, component.Package.Version, component.Output, component.PackageUrl));
        Assert.Equal([new BillSource("https://example.org/hello-2.12.tar.gz", SourceHash), new BillSource("mirror://gnu/hello-2.12.tar.gz", SourceHash)], component.Sources);
        var file = File.ReadAllBytes(_store.GetRealPath(_derivation));
        Assert.Equal(NixHash.Compute(NixHashAlgorithm.Sha256, file), component.DeriverHash);
    }

    [Fact]
    public async Task A_deriver_that_the_store_does_not_have_still_tells_the_output()
    {
        var gone = StorePath.ParseBaseName("g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-hello-2.12.drv");
        var info = (await _store.GetClosureAsync(_application))[_application] with { Deriver = gone };
        var component = await new ComponentReader(_store).ReadAsync(info, default);
        Assert.Equal(("hello", "2.12", "dev"), (component.Package.Name, component.Package.Version, component.Output));
        Assert.Null(component.DeriverHash);
    }

    [Fact]
    public void CycloneDX_has_every_path_once_and_a_graph_that_closes()
    {
        var json = CycloneDx.Write(_bill);
        Assert.Equal(("CycloneDX", "1.6"), ((string?)json["bomFormat"], (string?)json["specVersion"]));
        Assert.Matches("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", (string?)json["serialNumber"]);
        Assert.Equal("1970-01-01T00:00:01Z", (string?)json["metadata"]!["timestamp"]);
        var subject = json["metadata"]!["component"]!;
        Assert.Equal(_application.BaseName, (string?)subject["bom-ref"]);
        var components = json["components"]!.Append(subject).ToList();
        Assert.Equal(_bill.Components.Select(static component => component.Path.BaseName).Order(), components.Select(static component => (string)component["bom-ref"]!).Order());
        foreach (var component in components)
        {
            var known = _bill.Components.Single(item => item.Path.BaseName == (string?)component["bom-ref"]);
            Assert.Equal(Convert.ToHexStringLower(known.NarHash.Digest), (string?)component["hashes"]![0]!["content"]);
            Assert.Equal(known.Path.ToString(), (string?)component["properties"]!.Single(static property => (string?)property["name"] == "nix:output_path")["value"]);
        }

        var graph = json["dependencies"]!.ToDictionary(static item => (string)item["ref"]!, static item => item["dependsOn"]!.Select(static on => (string)on!).ToList());
        Assert.All(graph.Values.SelectMany(static on => on), on => Assert.Contains(on, graph.Keys));
        Assert.Equal(2, graph[_application.BaseName].Count);
    }

    [Fact]
    public void CycloneDX_of_an_image_is_about_the_image()
    {
        var json = CycloneDx.Write(_bill, new BillOptions { Image = Image, Created = DateTimeOffset.UnixEpoch.AddDays(1) });
        var subject = json["metadata"]!["component"]!;
        Assert.Equal(("container", "quay.io/acme/hello", Image.Digest.ToString()), ((string?)subject["type"], (string?)subject["name"], (string?)subject["version"]));
        Assert.Equal($"pkg:oci/hello@sha256%3A{Image.Digest.Hex}?repository_url=quay.io%2Facme%2Fhello", (string?)subject["purl"]);
        Assert.Equal(_bill.Components.Count, json["components"]!.Count());
        Assert.Equal([_application.BaseName], json["dependencies"]!.Single(static item => (string?)item["ref"] == "closure")["dependsOn"]!.Select(static on => (string)on!));
        Assert.Equal("1970-01-02T00:00:00Z", (string?)json["metadata"]!["timestamp"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SPDX_has_identifiers_that_are_allowed_and_all_defined(bool ofImage)
    {
        var json = Spdx.Write(_bill, new BillOptions { Image = ofImage ? Image : null });
        Assert.Equal(("SPDX-2.3", "CC0-1.0"), ((string?)json["spdxVersion"], (string?)json["dataLicense"]));
        Assert.True(Uri.IsWellFormedUriString((string?)json["documentNamespace"], UriKind.Absolute));
        var ids = json["packages"]!.Select(static package => (string)package["SPDXID"]!).ToList();
        Assert.Equal(_bill.Components.Count + (ofImage ? 1 : 0), ids.Distinct().Count());
        Assert.All(ids, static id => Assert.Matches(new Regex("^SPDXRef-[a-zA-Z0-9.-]+$"), id));
        var relationships = json["relationships"]!.ToList();
        Assert.All(relationships, relationship => Assert.Contains((string?)relationship["spdxElementId"], ids.Append("SPDXRef-DOCUMENT")));
        Assert.All(relationships, relationship => Assert.Contains((string?)relationship["relatedSpdxElement"], ids));
        Assert.Single(relationships, static relationship => (string?)relationship["relationshipType"] == "DESCRIBES");
        Assert.Equal(3, relationships.Count(static relationship => (string?)relationship["relationshipType"] == "DEPENDS_ON"));
        Assert.All(json["packages"]!, static package => Assert.Matches("^[0-9a-f]{64}$", (string?)package["checksums"]![0]!["checksumValue"]));
    }

    [Fact]
    public async Task The_same_closure_gives_the_same_bytes_and_another_one_another_number()
    {
        var again = await BillOfMaterials.CreateAsync(await _store.GetClosureAsync(_application));
        Assert.Equal(CycloneDx.Write(_bill).ToString(), CycloneDx.Write(again).ToString());
        Assert.Equal(Spdx.Write(_bill).ToString(), Spdx.Write(again).ToString());
        var smaller = await BillOfMaterials.CreateAsync(await _store.GetClosureAsync(_library));
        Assert.NotEqual((string?)CycloneDx.Write(_bill)["serialNumber"], (string?)CycloneDx.Write(smaller)["serialNumber"]);
        Assert.NotEqual((string?)Spdx.Write(_bill)["documentNamespace"], (string?)Spdx.Write(smaller)["documentNamespace"]);
    }

    [Fact]
    public void Provenance_names_the_image_and_everything_by_digest()
    {
        var statement = Provenance.Write(_bill, Image, new ProvenanceOptions { BuilderId = "https://ci.example.org", InvocationId = "7", Parameters = new JObject { ["source"] = "git" } });
        Assert.Equal("https://in-toto.io/Statement/v1", (string?)statement["_type"]);
        Assert.Equal("https://slsa.dev/provenance/v1", (string?)statement["predicateType"]);
        Assert.Equal(Image.Digest.Hex, (string?)statement["subject"]![0]!["digest"]!["sha256"]);
        Assert.True(InToto.IsAbout(statement, Image.Digest));
        Assert.False(InToto.IsAbout(statement, OciDigest.Compute([])));
        var definition = statement["predicate"]!["buildDefinition"]!;
        Assert.Equal(("git", _application.ToString()), ((string?)definition["externalParameters"]!["source"], (string?)definition["externalParameters"]!["storePaths"]![0]));
        Assert.Equal(
            _bill.Components.Select(static component => (component.Path.ToString(), Convert.ToHexStringLower(component.NarHash.Digest))),
            definition["resolvedDependencies"]!.Select(static item => ((string)item["name"]!, (string)item["digest"]!["sha256"]!)));
        Assert.Equal("https://ci.example.org", (string?)statement["predicate"]!["runDetails"]!["builder"]!["id"]);
        Assert.Equal("7", (string?)statement["predicate"]!["runDetails"]!["metadata"]!["invocationId"]);
    }
}
