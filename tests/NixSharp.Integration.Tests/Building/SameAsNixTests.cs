using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Building;

/// <summary>The same derivation, built by Nix and without it, gives the same.</summary>
public sealed class SameAsNixTests
{
    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Several_outputs_that_refer_to_each_other_and_to_inputs(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        await AssertSameAsync(lab, """
            let
              lib = run { name = "lib"; } "echo lib at $out uses ${bb} >$out";
            in
            run { name = "app"; outputs = [ "out" "dev" "doc" ]; inherit lib; } ''
              ${bb} mkdir -p $out/bin $dev
              echo "$lib $dev $out" >$out/bin/app
              ${bb} chmod 4751 $out/bin/app 2>/dev/null || ${bb} chmod 751 $out/bin/app
              ${bb} ln -s $out/bin/app $out/link
              echo $doc >$dev/see
              ${bb} mkdir $dev/empty
              ${bb} chmod 500 $dev/empty
              echo nothing >$doc
            ''
            """);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task The_environment_the_files_in_the_build_folder_and_what_else_a_builder_sees(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        await AssertSameAsync(lab, """
            run { name = "environment"; passAsFile = [ "long" ]; long = "a long text"; empty = ""; list = [ 1 "two" ]; HOME = "/other"; TMPDIR = "/elsewhere"; exportReferencesGraph = [ "graph" bb ]; odd = "a\tb\"c'd\\e"; } ''
              exec >$out
              echo $0
              ${bb} env | ${bb} sort
              ${bb} cat $longPath graph
              ${bb} ls -lan /build | ${bb} awk '{ print $1, $2, $3, $4, $9 }' | ${bb} grep -v '\.\.$'
              ${bb} id
              ${bb} pwd
              umask
              ulimit -c
              ${bb} cat /etc/passwd /etc/group /etc/hosts
              ${bb} hostname
              ${bb} ls -a / /nix /nix/store /tmp /etc
              ${bb} ls -lan /proc/self/fd | ${bb} awk '{ print $9 }'
              ${bb} ls /dev | ${bb} grep -v -e core -e console
              ${bb} grep -E '^(Cap(Inh|Prm|Eff|Amb)|NoNewPrivs|Seccomp|Sig(Blk|Cgt)):' /proc/self/status
              ${bb} ip -o address | ${bb} awk '{ print $2, $4 }'
              ${bb} ps -o pid,ppid,pgid,sid,comm | ${bb} head -n 2
              ${bb} cat /proc/self/personality 2>/dev/null
              ${bb} test -t 1; echo $?; ${bb} test -t 2; echo $?; ${bb} test -t 0; echo $?
            ''
            """);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Structured_attributes(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        await AssertSameAsync(lab, """
            run { name = "structured"; __structuredAttrs = true; outputs = [ "out" "dev" ]; text = "it's \"so\"\n"; number = 7; yes = true; no = false; nothing = null;
                  list = [ "x" 1 true ]; map = { a = "b"; c = 2; }; nested = [ [ 1 ] ]; "odd-name" = 1; half = 1.5; none = [ ]; outputChecks.out.allowedReferences = [ ]; } ''
              ${bb} cat /build/.attrs.sh
              dev=$(${bb} grep '^declare -A outputs' /build/.attrs.sh | ${bb} sed "s/.*\['dev'\]='\([^']*\).*/\1/")
              out=$(${bb} grep '^declare -A outputs' /build/.attrs.sh | ${bb} sed "s/.*\['out'\]='\([^']*\).*/\1/")
              ${bb} mkdir $dev
              ${bb} cp /build/.attrs.json /build/.attrs.sh $dev
              ${bb} env | ${bb} sort | ${bb} grep -v NIX_ATTRS >$dev/env
              echo plain >$out
            ''
            """);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Fixed_outputs_flat_recursive_and_of_other_algorithms(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        await AssertSameAsync(lab, """run { name = "flat"; outputHashAlgo = "sha256"; outputHashMode = "flat"; outputHash = builtins.hashString "sha256" "hi\n"; } "echo hi >$out" """);
        await AssertSameAsync(lab, """run { name = "sha1"; outputHashAlgo = "sha1"; outputHashMode = "flat"; outputHash = builtins.hashString "sha1" "hi\n"; } "echo hi >$out" """);
        await AssertSameAsync(lab, """run { name = "tree"; outputHashAlgo = "sha256"; outputHashMode = "recursive"; outputHash = "sha256-bD3v16teE2SpiEBqTsuswHMnFoaIgaGhaiIcr6Nrsk4="; } "${bb} mkdir $out; echo hi >$out/file" """);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Outputs_that_are_addressed_by_their_contents(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        await AssertSameAsync(lab, """
            let
              floating = { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
              lib = run (floating // { name = "lib"; outputs = [ "out" "dev" ]; }) "${bb} mkdir $out; echo $dev >$out/see; echo lib >$dev";
              deferred = run { name = "deferred"; inherit lib; } "echo $lib >$out";
            in
            run (floating // { name = "app"; inherit lib deferred; outputs = [ "out" "text" ]; }) "${bb} mkdir $out; echo $lib $deferred $text >$out/uses; echo t >$text"
            """);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    public async Task Outputs_that_are_addressed_by_their_contents_and_refer_to_themselves(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        await AssertSameAsync(lab, """
            run { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; name = "self"; outputs = [ "out" "dev" ]; }
              "${bb} mkdir $out $dev; echo $out $dev $out >$out/self; echo $dev >$dev/self"
            """);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task The_closures_that_a_derivation_wants_to_be_told_of(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        await AssertSameAsync(lab, """
            let
              lib = run { name = "lib"; } "echo ${bb} >$out";
              plain = run { name = "plain"; inherit lib; exportReferencesGraph = [ "libs" lib "all" lib.drvPath ]; } "${bb} cat libs all >$out";
            in
            run { name = "structured"; __structuredAttrs = true; inherit plain; exportReferencesGraph.libs = [ lib plain ]; } ''
              out=$(${bb} sed -n "s/.*\['out'\]='\([^']*\).*/\1/p" /build/.attrs.sh)
              ${bb} sed 's/"valid":true/"valid":1/g; s/,"valid":1//g' /build/.attrs.json >$out
            ''
            """);
    }

    private static async Task AssertSameAsync(BuildLab lab, string expression)
    {
        var derivation = await lab.InstantiateAsync(expression);
        var nix = await lab.BuildWithNixAsync(derivation);
        await using var ours = lab.OpenOurs();
        var result = await BuildLab.BuildAsync(ours, derivation);
        Assert.True(nix.ExitCode == 0, nix.Error);
        Assert.True(result.IsSuccess, result.ErrorMessage);
        Assert.Equal(nix.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(), result.BuiltOutputs.Values.Select(static output => output.OutputPath.ToString()).Order());

        await using var theirs = LocalStore.Open(lab.Theirs);
        foreach (var path in await ours.ListAsync())
        {
            await AssertSameAsync(ours, theirs, path);
        }

        var verified = await lab.RunNixAsync("nix-store", "--store", lab.Ours, "--verify", "--check-contents");
        Assert.True(verified.ExitCode == 0, verified.Error);
        Assert.DoesNotContain("error", verified.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(ours.Layout.RealStore), static entry => entry.EndsWith("-sandbox", StringComparison.Ordinal));
    }

    private static async Task AssertSameAsync(LocalStore ours, LocalStore theirs, StorePath path)
    {
        var our = await ours.GetPathInfoAsync(path);
        var their = await theirs.GetPathInfoAsync(path);
        if (our.NarHash != their.NarHash && File.Exists(ours.GetRealPath(path)))
        {
            Assert.Equal(await File.ReadAllTextAsync(theirs.GetRealPath(path)), await File.ReadAllTextAsync(ours.GetRealPath(path)));
        }

        Assert.Equal(their with { RegistrationTime = default, References = [], Signatures = [] }, our with { RegistrationTime = default, References = [], Signatures = [] });
        Assert.Equal(their.References, our.References);
    }
}
