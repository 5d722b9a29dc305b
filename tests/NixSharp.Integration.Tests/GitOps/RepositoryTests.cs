using NixSharp.GitOps.Repositories;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.GitOps;

public sealed class RepositoryTests : IDisposable
{
    private const string Web = """<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""";

    // Gives back what it is asked for, in the places where nixpkgs has it.
    private const string Nixpkgs =
        """
        {
          outputs = _: {
            lib.genAttrs = names: function: builtins.listToAttrs (map (name: { inherit name; value = function name; }) names);
            legacyPackages.x86_64-linux = {
              git = "git"; skopeo = "skopeo";
              dotnetCorePackages = { sdk_10_0 = "sdk"; aspnetcore_10_0 = "runtime"; };
              mkShell = arguments: arguments;
              buildDotnetModule = arguments: arguments;
            };
          };
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task The_flake_has_a_shell_and_a_package_of_the_program(NixRelease nix)
    {
        _folder.Write("nixpkgs/flake.nix", Nixpkgs);
        _folder.Write("repository/src/Web/Web.csproj", Web);
        _folder.Write("repository/tests/Web.Tests/Web.Tests.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup><ItemGroup><PackageReference Include="Microsoft.NET.Test.Sdk" /></ItemGroup></Project>""");
        _folder.Write("repository/deps.json", "[]\n");
        var output = await NixSharpProgram.RunAsync("init", _folder["repository"], "--nixpkgs", $"path:{_folder["nixpkgs"]}", "-q");
        Assert.StartsWith("wrote flake.nix\n", output, StringComparison.Ordinal);

        var flake = $"path:{_folder["repository"]}";
        Assert.Equal("src/Web/Web.csproj", await EvalAsync($"{flake}#packages.x86_64-linux.default.projectFile"));
        Assert.Equal("Web", await EvalAsync($"{flake}#packages.x86_64-linux.default.pname"));
        Assert.Equal("sdk/share/dotnet", await EvalAsync($"{flake}#devShells.x86_64-linux.default.DOTNET_ROOT"));

        async Task<string> EvalAsync(string installable) => await RealNix.RunAsync(nix, _folder["store"], "nix", "eval", "--raw", installable);
    }

    [Fact]
    public async Task What_is_there_is_left_alone_unless_told()
    {
        _folder.Write("Web.csproj", Web);
        _folder.Write("renovate.json", "{}");
        var result = await DotnetRepository.InitializeAsync(_folder.Path);
        Assert.Equal(["renovate.json"], result.Kept);
        Assert.Equal("Web.csproj", result.Project);
        Assert.Equal("{}", File.ReadAllText(_folder["renovate.json"]));
        Assert.Empty((await DotnetRepository.InitializeAsync(_folder.Path)).Written);

        await DotnetRepository.InitializeAsync(_folder.Path, new RepositoryOptions { Overwrite = true, Ci = CiService.GitLab });
        Assert.Contains("lockFileMaintenance", File.ReadAllText(_folder["renovate.json"]), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder[".gitlab-ci.yml"]));
    }

    [Fact]
    public async Task Versions_that_are_kept_centrally_stay_there()
    {
        _folder.Write("Web.csproj", Web);
        _folder.Write("Directory.Packages.props", "<Project />");
        await DotnetRepository.InitializeAsync(_folder.Path);
        Assert.Contains("VersionOverride=", File.ReadAllText(_folder["Directory.Build.targets"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_projects_is_refused()
    {
        var error = await Assert.ThrowsAsync<GitOpsException>(() => DotnetRepository.InitializeAsync(_folder.Path));
        Assert.Equal(NixErrorCodes.InvalidProject, error.Code);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
