/** A report as the emulator writes it: one missed flush with its events, two lazy ones. */
export const REPORT = `VMCB vmcb=1000 vm=1 vcpu=0 level=1 asid=1 ncr3=5000 i=100 vmrun=1
VMCB vmcb=2000 vm=1 vcpu=0 level=2 asid=1 ncr3=6000 i=900 vmrun=4
STALE class=crossLevel verdict=missed kind=frame space=linear i=2000 vmrun=9 pcpu=0 asid=1 vm=1 vcpu=0 level=1 asid12=0 vmcb=1000 address=600000 access=r cr3=1000 rip=ffffffffc0001010 oldFrame=a000 newFrame=b000 oldGpa=600000 newGpa=600000 oldL1Gpa=1000000 newL1Gpa=? l0Frame=- oldRights=WXUD.wx newRights=WX.D.wx fillI=1000 fillVmrun=5 fillVm=1 fillVcpu=0 fillLevel=2 fillAsid12=1 fillVmcb=2000 fillCr3=1000 fillRip=300000
EVENT i=1100 pcpu=0 what=VMEXIT vm=1 vcpu=0 level=2 asid12=1 asid=1 rip=300008 code=81 info1=0 tlb=0
EVENT i=1200 pcpu=0 what=VMRUN vm=1 vcpu=0 level=1 asid12=0 asid=1 rip=100200 tlb=0 vmcb=1000
EVENT i=1300 pcpu=0 what=INVLPG vm=1 vcpu=0 level=1 asid12=0 asid=1 rip=100210 address=700000
EVENT i=1400 pcpu=0 what=VMEXIT vm=1 vcpu=0 level=1 asid12=0 asid=1 rip=100220 code=80 info1=0 tlb=0
EVENT i=1400 pcpu=0 what=ASKS vm=1 vcpu=0 level=1 asid12=0 asid=0 rip=100220 tlb=3 asks=2
EVENT i=1500 pcpu=0 what=VMRUN vm=1 vcpu=0 level=2 asid12=2 asid=1 rip=300000 tlb=0 vmcb=2000
EVENT skipped=7 lost=0
EVENT i=1600 pcpu=0 what=VMEXIT vm=1 vcpu=0 level=2 asid12=2 asid=1 rip=300008 code=72 info1=0 tlb=0
EVENT i=1700 pcpu=0 what=VMRUN vm=1 vcpu=0 level=1 asid12=0 asid=1 rip=100300 tlb=0 vmcb=1000
STALE class=guest verdict=lazy kind=rights space=linear i=3000 vmrun=9 pcpu=0 asid=1 vm=1 vcpu=0 level=1 asid12=0 vmcb=1000 address=800000 access=w cr3=1000 rip=100400 oldFrame=a000 newFrame=a000 oldGpa=800000 newGpa=800000 oldL1Gpa=? newL1Gpa=? l0Frame=? oldRights=WXUD.wx newRights=.XUD.wx fillI=2900 fillVmrun=9 fillVm=1 fillVcpu=0 fillLevel=1 fillAsid12=0 fillVmcb=1000 fillCr3=1000 fillRip=100300
NOTE vmcb12 at 200000 of 1000 is not mapped
STAT instructions=4000 fills=12 nestedFills=8 vmruns=9
COUNT class=crossLevel verdict=missed kind=frame n=3
COUNT class=guest verdict=lazy kind=rights n=2
END
`;

/** The same emulator saw nothing. */
export const CLEAN = `VMCB vmcb=1000 vm=1 vcpu=0 level=1 asid=1 ncr3=5000 i=100 vmrun=1
STAT instructions=4000 fills=12 nestedFills=8 vmruns=9
END
`;
